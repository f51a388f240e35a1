// A camera in the page with the photo from before lying over it, so that the new one is taken from the same place.
// Where there is no camera, no permission or no HTTPS, the file field beside it does as ever.

const QUALITY = 0.9;
const WANTED = { facingMode: { ideal: "environment" }, width: { ideal: 2560 }, height: { ideal: 1920 } };
const REFUSED = {
  NotAllowedError: "没有使用相机的权限。可以在浏览器设置里允许，或者用下面的“选择文件”。",
  NotFoundError: "这台设备没有相机，请用下面的“选择文件”。",
  NotReadableError: "相机正被别的程序占用，请关闭后再试，或者用下面的“选择文件”。",
};

document.querySelectorAll("[data-camera]").forEach((box) => {
  if (navigator.mediaDevices?.getUserMedia) camera(box);
});

function camera(box) {
  const part = (name) => box.querySelector(`[data-camera-${name}]`);
  const dialog = part("dialog");
  const video = part("video");
  const state = { stream: null, shot: null, url: "", spot: null };

  box.closest("form").elements[box.dataset.camera].before(box);
  box.hidden = false;
  part("open").addEventListener("click", () => open(box, part, state));
  part("shutter").addEventListener("click", () => shoot(part, state));
  part("again").addEventListener("click", () => aim(part, state));
  part("use").addEventListener("click", () => use(box, part, state));
  part("cancel").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => stop(part, state));
  part("opacity").addEventListener("input", ({ target }) => part("frame").style.setProperty("--ghost", target.value / 100));
  video.addEventListener("loadedmetadata", () => shape(part("frame"), video));
  video.addEventListener("resize", () => shape(part("frame"), video));
  const ghosts = [...box.querySelectorAll("[data-camera-ghost]")];
  ghosts.forEach((chosen) => chosen.addEventListener("click", () => {
    part("before").src = chosen.dataset.cameraGhost;
    ghosts.forEach((ghost) => ghost.setAttribute("aria-pressed", String(ghost === chosen)));
  }));
}

async function open(box, part, state) {
  part("problem").hidden = true;
  try {
    state.stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
  } catch (error) {
    part("problem").textContent = REFUSED[error.name] ?? "没有打开相机，请用下面的“选择文件”。";
    part("problem").hidden = false;
    return;
  }
  locate(state);
  part("dialog").showModal();
  part("video").srcObject = state.stream;
  aim(part, state);
}

/** The frame takes the camera's shape, so that nothing of the picture is cut off. */
function shape(frame, video) {
  if (video.videoWidth) frame.style.setProperty("--shape", `${video.videoWidth} / ${video.videoHeight}`);
}

function show(part, isShot) {
  part("video").hidden = isShot;
  part("taken").hidden = !isShot;
  for (const name of ["again", "use"]) part(name).hidden = !isShot;
  part("shutter").hidden = isShot;
  part(isShot ? "use" : "shutter").focus();
}

function aim(part, state) {
  forget(state);
  show(part, false);
  part("video").play();
}

function shoot(part, state) {
  const video = part("video");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  if (!canvas.width) return;
  canvas.getContext("2d").drawImage(video, 0, 0);
  canvas.toBlob((blob) => {
    state.shot = blob;
    state.url = URL.createObjectURL(blob);
    part("taken").src = state.url;
    show(part, true);
  }, "image/jpeg", QUALITY);
}

/** The photo goes to the form's file field like one that was chosen there; where it was taken goes beside it. */
async function use(box, part, state) {
  const form = box.closest("form");
  const field = form.elements[box.dataset.camera];
  const files = new DataTransfer();
  for (const file of field.files) files.items.add(file);
  files.items.add(new File([state.shot], `拍摄${files.items.length + 1}.jpg`, { type: "image/jpeg" }));
  if (state.spot) await note(form, state.shot, state.spot);
  field.files = files.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  part("dialog").close();
  field.focus();
}

async function note(form, shot, { latitude, longitude, accuracy }) {
  const digest = await crypto.subtle.digest("SHA-256", await shot.arrayBuffer());
  const key = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const spots = JSON.parse(form.elements.spots.value || "{}");
  form.elements.spots.value = JSON.stringify({ ...spots, [key]: [latitude, longitude, accuracy] });
}

/** Where the phone is, if it may say so; nothing waits for it. */
function locate(state) {
  state.spot = null;
  navigator.geolocation?.getCurrentPosition(
    ({ coords }) => { state.spot = coords; },
    () => {},
    { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 },
  );
}

function forget(state) {
  if (state.url) URL.revokeObjectURL(state.url);
  Object.assign(state, { shot: null, url: "" });
}

function stop(part, state) {
  state.stream?.getTracks().forEach((track) => track.stop());
  part("video").srcObject = null;
  state.stream = null;
  forget(state);
  part("open").focus();
}
