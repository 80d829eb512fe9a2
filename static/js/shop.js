/* What makes the pages nicer. Without it they all work. */
"use strict";

/* Sends a form without leaving its page; the answer has `ok`, `status` and words to show. */
async function post(url, body) {
  try {
    const response = await fetch(url, { method: "POST", headers: { Accept: "application/json" }, body });
    return { ...await response.json(), status: response.status, wait: response.headers.get("Retry-After") };
  } catch {
    return { ok: false, message: document.body.dataset.offline };
  }
}

/* "Send code": sent without leaving the form; then the button counts down. */
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-code-button]");
  if (!button) return;
  event.preventDefault();
  button.disabled = true;
  const answer = await post(button.formAction, new FormData(button.form));
  button.form.querySelector("[data-code-note]").textContent = answer.message;
  countDown(button, answer.ok ? button.dataset.wait : answer.wait);
});

function countDown(button, seconds) {
  button.dataset.words ||= button.textContent.trim();
  if (!(seconds > 0)) {
    button.disabled = false;
    button.textContent = button.dataset.words;
    return;
  }
  button.textContent = `${button.dataset.words} (${seconds})`;
  setTimeout(countDown, 1000, button, seconds - 1);
}

/* Hearts. Cards are the same for everybody, so which ones are filled is told by a form. */
const favouriteForm = document.getElementById("favourite");
const favourites = new Set(favouriteForm?.dataset.favourites.split(" "));

function paintHearts() {
  for (const heart of document.querySelectorAll("[data-heart]")) {
    const isFavourite = favourites.has(heart.dataset.heart);
    heart.setAttribute("aria-pressed", isFavourite);
    heart.value = isFavourite ? "0" : "1";
  }
}
paintHearts();
document.addEventListener("htmx:load", paintHearts);

document.addEventListener("click", async (event) => {
  const heart = event.target.closest("[data-heart]");
  if (!heart || !favouriteForm.hasAttribute("data-signed-in")) return;
  event.preventDefault();
  const answer = await post(heart.formAction, new FormData(favouriteForm, heart));
  // Signed out meanwhile: the way that a visitor goes.
  if (answer.status === 401) return favouriteForm.requestSubmit(heart);
  if (!answer.ok) return showMessage(answer.status === 404 ? favouriteForm.dataset.gone : answer.message);
  favourites[answer.is_favourite ? "add" : "delete"](heart.dataset.heart);
  paintHearts();
});

/* Says, above the page, why something could not be done. */
function showMessage(words) {
  const message = Object.assign(document.createElement("div"), { className: "message", textContent: words });
  message.dataset.level = "error";
  const flash = document.getElementById("flash");
  flash.setAttribute("role", "status");
  flash.replaceChildren(message);
  flash.scrollIntoView({ block: "center" });
}

/* A wide screen has room for the filters: show them open. */
const filters = document.querySelector("details.filters");
if (filters && matchMedia("(width >= 60rem)").matches) filters.open = true;

/* A link or button that opens a dialog. Without this the link leads to its page. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  dialog.showModal();
  document.getElementById(opener.dataset.shows)?.scrollIntoView({ behavior: "instant", block: "nearest" });
  dialog.addEventListener("close", () => {
    dialog.querySelector("form").reset();
    dialog.querySelector("[data-alert]")?.replaceChildren();
    opener.focus();
  }, { once: true });
});

/* Thumbnails move the pictures, and neither the page nor its history. */
document.addEventListener("click", (event) => {
  const slide = document.getElementById(event.target.closest("[data-slides] nav a")?.hash.slice(1));
  if (!slide) return;
  event.preventDefault();
  slide.scrollIntoView({ block: "nearest" });
});

/* A form in a dialog says there what is wrong; done, it goes on to the review. */
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-stay]");
  if (!form || event.submitter?.formMethod === "dialog") return;
  event.preventDefault();
  const alert = form.querySelector("[data-alert]");
  alert.textContent = "";
  event.submitter.disabled = true;
  const answer = await post(form.action, new FormData(form));
  if (answer.ok) return location.assign(answer.review_url);
  alert.textContent = answer.message;
  form.elements.payment_password.select();
  event.submitter.disabled = false;
});

/* What is left of a limited-time price, or of an order's time, by the server's clock; over, the page shows what came. */
const limited = document.querySelector("[data-ends-at]");
const ahead = Date.parse(limited?.dataset.now) - Date.now();

function showLeft() {
  const left = Math.ceil((Date.parse(limited.dataset.endsAt) - ahead - Date.now()) / 1000);
  if (left <= 0) return location.reload();
  const days = limited.dataset.days ? Math.floor(left / 86400) : 0;
  const parts = [left / 3600 - days * 24, (left / 60) % 60, left % 60].map((part) => String(Math.floor(part)).padStart(2, "0"));
  const words = limited.querySelector("[data-left]");
  words.textContent = (days ? `${days} ${limited.dataset.days} ` : "") + parts.join(":");
  words.parentElement.hidden = false;
  setTimeout(showLeft, 1000);
}
if (limited) showLeft();

/* On a phone the account's menu is wider than the screen: show where one is. */
document.querySelector(".account-menu [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
