// Small pieces that every screen uses.

import { html, nothing } from "../../npm/lit-html/lit-html.js";

export const icon = (name) => html`<i class="ti ti-${name}" aria-hidden="true"></i>`;

/** A coloured dot with its word: [word, colour]. */
export const state = ([word, colour]) =>
  html`<span class="state ${colour}"><span class="dot"></span>${word}</span>`;

export const severity = (value) => (value === "major" ? html`<span class="tag major">重大</span>` : nothing);

/** A boxed message: mood is "", "warn", "bad" or "ok". */
export const note = (mood, name, words) =>
  html`<div class="note ${mood}">${icon(name)}<div>${words}</div></div>`;

export const empty = (name, words, more = nothing) =>
  html`<div class="empty">${icon(name)}<p>${words}</p>${more}</div>`;

/** What is wrong with a field, said beside it. */
export const fieldError = (id, words) =>
  words ? html`<p class="error" id="${id}-error">${icon("alert-circle")}<span>${words}</span></p>` : nothing;

/** A labelled field around a control; `errors` by the control's id. */
export const field = (id, label, control, { errors = {}, hint = nothing, required = false } = {}) => html`
  <div class="field ${errors[id] ? "has-error" : ""}">
    <label for=${id}>${label}${required ? html`<span class="required" aria-hidden="true"> *</span>` : nothing}</label>
    ${control}
    ${hint === nothing ? nothing : html`<p class="hint">${hint}</p>`}
    ${fieldError(id, errors[id])}
  </div>`;

/** Radio buttons as large targets: options are [value, words, class]. */
export const choices = (name, options, value, choose, { down = false, legend = "", error = "" } = {}) => html`
  <fieldset>
    <legend>${legend}</legend>
    <div class="choices ${down ? "down" : ""} ${error ? "has-error" : ""}">
      ${options.map(
        ([key, words, mood = ""]) => html`
          <label class="choice ${mood}">
            <input type="radio" name=${name} value=${key} .checked=${key === value} @change=${() => choose(key)}>
            <span>${words}</span>
          </label>`,
      )}
    </div>
    ${fieldError(name, error)}
  </fieldset>`;
