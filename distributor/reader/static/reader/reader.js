// The parts of a letter's page that need a script: font-size, sharing, closing the Top 10.
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);
  const said = find("#said");

  function remember(storage, key, value) {
    try {
      if (value === null) storage().removeItem(key);
      else storage().setItem(key, value);
    } catch {
      // Storage may be switched off: the setting then lasts as long as the page.
    }
  }

  // Font-size
  const sizes = [...document.querySelectorAll("[data-size]")];
  function showSize(size) {
    if (size === "0") delete root.dataset.fontSize;
    else root.dataset.fontSize = size;
    for (const button of sizes) button.setAttribute("aria-pressed", String(button.dataset.size === size));
  }
  showSize(root.dataset.fontSize ?? "0");
  for (const button of sizes) {
    button.addEventListener("click", () => {
      showSize(button.dataset.size);
      remember(() => localStorage, "font-size", button.dataset.size === "0" ? null : button.dataset.size);
    });
  }

  // Sharing
  let silence = 0;
  function say(words) {
    clearTimeout(silence);
    said.textContent = words;
    said.hidden = false;
    silence = setTimeout(() => { said.hidden = true; }, 6000);
  }

  async function copy(link) {
    try {
      await navigator.clipboard.writeText(link);
      return true;
    } catch {
      // Not a secure page, or refused: select the link and try the old way.
    }
    find("#letter-link").classList.add("shown");
    const field = find("#letter-link input");
    field.focus();
    field.select();
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }

  async function copyAndSay(link, done) {
    say(await copy(link) ? done : "The link is selected: copy it with Ctrl+C or ⌘C.");
  }

  // Kakao's script comes only when somebody presses its button: whoever just reads is not seen by Kakao.
  let kakaoLoading = null;
  function loadKakao({ sdk, integrity, key }) {
    kakaoLoading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      Object.assign(script, { src: sdk, integrity, crossOrigin: "anonymous", onload: resolve, onerror: reject });
      document.head.append(script);
      setTimeout(reject, 8000);
    }).then(() => {
      if (!window.Kakao.isInitialized()) window.Kakao.init(key);
    });
    kakaoLoading.catch(() => { kakaoLoading = null; });
    return kakaoLoading;
  }

  async function openKakao(data) {
    try {
      await loadKakao(data);
      await window.Kakao.Share.sendDefault(JSON.parse(data.message));
      return true;
    } catch {
      return false; // blocked, away, or the key does not fit this site
    }
  }

  for (const button of document.querySelectorAll("[data-share]")) {
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      const { share, link, title } = button.dataset;
      if (share === "kakao" && await openKakao(button.dataset)) return;
      if (share !== "copy" && navigator.share) {
        try {
          await navigator.share({ title, url: link });
          return;
        } catch (error) {
          if (error.name === "AbortError") return;
        }
      }
      await copyAndSay(link, share === "copy" ? "Copied" : "Copied: paste the link into a KakaoTalk chat.");
    });
  }
  find("#letter-link input")?.addEventListener("focus", (event) => event.target.select());

  // Top 10
  const close = find("[data-close-top]");
  const open = find("[data-open-top]");
  close?.addEventListener("click", () => {
    root.dataset.top10 = "closed";
    remember(() => sessionStorage, "top-10", "closed");
    open.focus();
  });
  open?.addEventListener("click", () => {
    delete root.dataset.top10;
    remember(() => sessionStorage, "top-10", null);
    close.focus();
  });
})();
