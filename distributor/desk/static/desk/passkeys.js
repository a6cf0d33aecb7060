// What allauth's script for passkeys leaves to a page: saying that the browser gave none, and hiding what can't work.
const usable = "PublicKeyCredential" in window;
for (const id of ["passkey-use", "passkey-add"]) {
  const button = document.getElementById(id);
  if (button) button.hidden = !usable;
}
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const place = document.getElementById("passkey-error");
  place.textContent = place.dataset.words;
  place.hidden = false;
});
