// Forms: no double sending, drafts that survive a lapsed session, photos, place, signature, copying.
const LIMIT = 20 * 1024 * 1024;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (event.submitter?.formTarget === "_blank") return; // a preview; the form itself is still to be sent
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 8000);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));

document.querySelectorAll("form[data-draft]").forEach((form) => {
  const key = `anfu:draft:${form.dataset.draft}`;
  const fields = [...form.elements].filter((f) => f.name && !["file", "hidden", "password", "submit"].includes(f.type) && f.name !== "csrfmiddlewaretoken");
  const kept = JSON.parse(sessionStorage.getItem(key) || "null");
  if (kept && !form.querySelector(".has-error")) {
    fields.forEach((f) => {
      if (!(f.name in kept)) return;
      if (["checkbox", "radio"].includes(f.type)) f.checked = kept[f.name].includes(f.value);
      else f.value = kept[f.name][0];
    });
  }
  form.addEventListener("input", () => {
    const data = {};
    fields.forEach((f) => {
      if (["checkbox", "radio"].includes(f.type) && !f.checked) return;
      (data[f.name] ??= []).push(f.value);
    });
    sessionStorage.setItem(key, JSON.stringify(data));
  });
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
});

document.querySelectorAll("input[type=file][data-photos]").forEach((input) => {
  const list = document.createElement("ul");
  list.className = "photos list-unstyled mt-2";
  input.after(list);
  input.addEventListener("change", () => {
    list.replaceChildren();
    const good = new DataTransfer();
    for (const file of input.files) {
      const item = document.createElement("li");
      if (file.size > LIMIT) {
        item.className = "field-error";
        item.textContent = `${file.name} 有 ${(file.size / 1048576).toFixed(1)} MB，超过 20 MB，没有选入`;
      } else {
        good.items.add(file);
        const image = document.createElement("img");
        image.alt = file.name;
        image.src = URL.createObjectURL(file);
        item.append(image);
      }
      list.append(item);
    }
    input.files = good.files;
  });
});

document.querySelectorAll("form[data-gps]").forEach((form) => {
  const state = form.querySelector("[data-gps-state]");
  const put = (name, value) => (form.elements[name].value = value);
  if (!navigator.geolocation) {
    state.textContent = "本设备不能定位，可以继续";
    return;
  }
  state.textContent = "正在定位……";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      put("latitude", coords.latitude.toFixed(6));
      put("longitude", coords.longitude.toFixed(6));
      put("accuracy", Math.round(coords.accuracy));
      state.textContent = `已定位，精度约 ${Math.round(coords.accuracy)} 米`;
    },
    () => (state.textContent = "没有取得位置，可以继续；检查记录会注明无定位"),
    { enableHighAccuracy: true, timeout: 15000 },
  );
});

document.querySelectorAll("[data-signature]").forEach(async (box) => {
  const { default: SignaturePad } = await import("../../npm/signature_pad/dist/signature_pad.min.js");
  const canvas = box.querySelector("canvas");
  const field = box.querySelector("input[type=hidden]");
  const pad = new SignaturePad(canvas, { minWidth: 1, maxWidth: 3 });
  const fit = () => {
    const kept = pad.toData();
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.fromData(kept);
  };
  fit();
  window.addEventListener("resize", fit);
  pad.addEventListener("endStroke", () => (field.value = pad.toDataURL("image/png")));
  box.querySelector("[data-signature-clear]").addEventListener("click", () => {
    pad.clear();
    field.value = "";
  });
});

// A link or secret to hand on, with a button that copies it. Without HTTPS, as on an office's own
// network, browsers have no clipboard for pages but the old command.
async function copied(input) {
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}

document.querySelectorAll("input[data-copy]").forEach((input) => {
  const group = document.createElement("div");
  group.className = `input-group ${input.classList.contains("mb-3") ? "mb-3" : ""}`;
  input.classList.remove("mb-3");
  input.replaceWith(group);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = "复制";
  group.append(input, button);
  input.addEventListener("focus", () => input.select());
  button.addEventListener("click", async () => {
    button.textContent = (await copied(input)) ? "已复制" : "请按 Ctrl+C";
    setTimeout(() => (button.textContent = "复制"), 3000);
  });
});

// What is chosen opens, to say more of it.
document.querySelectorAll("[data-choice]").forEach((field) => {
  const chosen = field.querySelector("[data-choice-on]");
  field.addEventListener("change", (event) => {
    if (event.target.type === chosen.type) field.querySelector("details").open = chosen.checked;
  });
});
