// What the page of a letter asks of the desk. A session that ended is no error of the desk's: it is told apart.
export class LoggedOut extends Error {}

async function ask(address, options) {
  const answer = await fetch(address, { redirect: "manual", headers: { "X-Requested-With": "fetch" }, ...options });
  if (answer.type === "opaqueredirect") throw new LoggedOut();
  return answer;
}

// Whoever logs in again in another tab has a new token: the page has it.
async function freshToken() {
  const page = new DOMParser().parseFromString(await (await ask(location.href)).text(), "text/html");
  const token = page.querySelector("#letter-form [name=csrfmiddlewaretoken]")?.value;
  if (!token) throw new LoggedOut();
  for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = token;
  return token;
}

export async function post(address, data) {
  const answer = await ask(address, { method: "POST", body: data });
  if (answer.status !== 403) return answer;
  data.set("csrfmiddlewaretoken", await freshToken());
  return ask(address, { method: "POST", body: data });
}
