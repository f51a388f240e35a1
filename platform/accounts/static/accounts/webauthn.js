// Hands the page's form over to allauth's script, by data attributes: no script stands in a page.
const form = document.querySelector("[data-webauthn]");

if (form) {
  const ids = {
    credential: form.elements.credential.id,
    data: "webauthn-data",
    add: "webauthn",
    authenticate: "webauthn",
  };
  window.allauth.webauthn.forms[form.dataset.webauthn]({ ids });
}

// Also what the browser refuses or the person breaks off: it is said in the page, not in the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  say("没有完成：请按浏览器的提示再试一次，或换一种方式。");
});

if (!window.PublicKeyCredential) {
  document.querySelector("[data-webauthn-missing]")?.removeAttribute("hidden");
  document.getElementById("webauthn")?.setAttribute("disabled", "");
}

function say(text) {
  const box = document.createElement("p");
  box.className = "alert alert-danger";
  box.setAttribute("role", "alert");
  box.textContent = text;
  form.prepend(box);
}
