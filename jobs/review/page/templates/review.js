// The page of one reviewer. Every person comes by POST and goes into the page as text, never as
// markup; nothing is kept in the browser.
"use strict";

const token = document.querySelector("meta[name=review-token]").content;
const at = (id) => document.getElementById(id);
const MARKS = { "same": "same", "different": "differs", "one record only": "one record only", "neither record": "in neither" };
const REASONS = ["numbers, names and date of birth agree", "names and date of birth agree", "the same person under another name", "another date of birth and other numbers", "two members of one family", "twins", "too little is recorded"];
let shown = null;
let busy = false;
let page = 1;

async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json", "X-Review-Token": token }, body: JSON.stringify(body) };
  const answer = await fetch(path, { ...options, credentials: "same-origin", cache: "no-store" });
  let said = {};
  try { said = await answer.json(); } catch { /* an answer of a proxy, not of this page */ }
  if (!answer.ok) {
    const error = new Error(answer.status === 401 ? "You are signed out: sign in to Airflow, then load this page again." : said.detail || `The server said ${answer.status}.`);
    error.status = answer.status;
    error.chain = said.chain || [];
    throw error;
  }
  return said;
}

function made(tag, text, kind) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (kind) element.className = kind;
  return element;
}

function tell(text, wrong) {
  at("told").textContent = text;
  at("told").classList.toggle("wrong", Boolean(wrong));
}

function day(iso) {
  return iso ? new Date(`${iso}T12:00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }) : "";
}

function release(pair) {
  if (pair.days_to_release !== null) {
    const days = Math.abs(pair.days_to_release);
    const long = days === 1 ? "1 day" : `${days.toLocaleString("en-GB")} days`;
    return pair.days_to_release < 0 ? `recorded for ${long} before the night` : `in ${long}`;
  }
  return day(pair.release_date);
}

function fewer(narrows) {
  return narrows.toLocaleString("en-GB", { maximumFractionDigits: 1 });
}

function percent(probability) {
  if (probability > 0.999) return "more than 99.9 %";
  if (probability < 0.001) return "less than 0.1 %";
  return `${(100 * probability).toFixed(1)} %`;
}

function showProgress(progress) {
  const sum = (name) => progress.tiers.reduce((total, tier) => total + tier[name], 0);
  const number = (value) => value.toLocaleString("en-GB");
  const done = sum("done");
  const all = done + sum("waiting");
  at("night").textContent = `The night of ${day(progress.as_of)}`;
  at("counts").textContent = `${number(done)} of ${number(all)} pairs done, ${number(sum("yours"))} of them by you; ${number(sum("others"))} with others now; ${number(sum("unsure"))} of which somebody could not tell`;
  at("bar").max = Math.max(all, 1);
  at("bar").value = done;
  at("gain").textContent = progress.gain;
  const chosen = at("tier").value;
  at("tier").replaceChildren(new Option("everything", ""), ...progress.tiers.map((tier) => new Option(`${tier.consequence}: ${number(tier.waiting)} wait`, String(tier.tier))));
  at("tier").value = chosen;
  const own = sum("unsure");
  at("why").textContent = sum("waiting") === 0 ? "Every pair of this night is decided." : `${number(sum("others"))} pairs are with others, and ${number(own)} wait for somebody else because a reviewer could not tell.`;
}

function valueCell(segments) {
  const cell = made("td");
  for (const [text, differs] of segments) cell.append(differs ? made("mark", text) : document.createTextNode(text));
  if (segments.length === 0) cell.append(made("span", "not recorded", "hint"));
  return cell;
}

function recordRow(line) {
  const row = made("tr", undefined, line.mark === "different" ? "different" : "");
  const head = made("th", line.label);
  head.scope = "row";
  row.append(head, valueCell(line.prison), valueCell(line.immigration), made("td", MARKS[line.mark], "state"));
  return row;
}

function evidenceRow(piece) {
  const row = made("tr");
  const head = made("th", piece.comparison);
  head.scope = "row";
  row.append(head, made("td", piece.finding), made("td", piece.says, piece.side));
  return row;
}

function showPair(pair) {
  shown = pair;
  at("pair").hidden = pair === null;
  at("nothing").hidden = pair !== null;
  if (pair === null) {
    at("nothing-title").focus();
    return;
  }
  at("pair-title").textContent = `Pair ${pair.pair}: ${pair.consequence}`;
  const facts = [pair.status, release(pair) && `release ${release(pair)}`, pair.offence, pair.narrows > 0 && `decided, it narrows the range of those released without consideration by ${fewer(pair.narrows)}`, pair.unsure > 0 && `${pair.unsure} could not tell`, `yours until ${new Date(pair.until).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`];
  at("hanging").textContent = facts.filter(Boolean).join("; ");
  at("lines").replaceChildren(...pair.lines.map(recordRow));
  at("evidence").replaceChildren(...pair.evidence.map(evidenceRow));
  at("together").textContent = `one person with a probability of ${percent(pair.probability)}`;
  at("word").reset();
  window.scrollTo(0, 0);
  at("pair-title").focus();
}

async function work(path, body, done) {
  if (busy) return;
  busy = true;
  try {
    const answer = await ask(path, body);
    showProgress(answer.progress || answer);
    if ("pair" in answer) showPair(answer.pair);
    tell(done || "");
    return answer;
  } catch (error) {
    tell([error.message, ...(error.chain || [])].join("\n"), true);
    if (error.status === 409 && error.chain.length === 0) {
      busy = false;
      const why = error.message;
      await work("next", {});
      tell(`${why} Here is the next one.`, true);
    }
  } finally {
    busy = false;
  }
}

async function record(event) {
  event.preventDefault();
  const form = new FormData(at("word"));
  const reason = String(form.get("reason") || "").trim();
  if (!form.get("judgement")) return tell("Choose an answer first: 1, 2 or 3.", true);
  if (!reason) {
    at("reason").focus();
    return tell("Give a reason.", true);
  }
  const words = { same: "the same", not_the_same: "not the same", cannot_tell: "cannot tell" };
  const number = shown.pair;
  const answer = await work("decide", { pair: number, judgement: form.get("judgement"), reason }, `Pair ${number} recorded: ${words[form.get("judgement")]}. U undoes it.`);
  if (answer && answer.second) tell(`Pair ${number} recorded; it waits for a second person (${answer.second}). U undoes it.`);
}

async function showList() {
  try {
    const tier = at("tier").value;
    const answer = await ask(`queue?page=${page}${tier ? `&tier=${tier}` : ""}`);
    at("rows").replaceChildren(...answer.pairs.map((pair) => {
      const row = made("tr");
      const head = made("th", String(pair.pair));
      head.scope = "row";
      const open = made("button", "Open");
      open.type = "button";
      open.setAttribute("aria-label", `Open pair ${pair.pair}`);
      open.disabled = pair.assigned_to !== null && (shown === null || shown.pair !== pair.pair);
      open.addEventListener("click", async () => { await work("open", { pair: pair.pair }); });
      const cell = made("td");
      cell.append(open);
      row.append(head, made("td", pair.consequence), made("td", release(pair)), made("td", pair.offence || ""), made("td", percent(pair.probability)), made("td", pair.narrows > 0 ? fewer(pair.narrows) : ""), made("td", pair.unsure ? String(pair.unsure) : ""), made("td", pair.assigned_to || ""), cell);
      return row;
    }));
    at("page").textContent = `page ${page}`;
    at("earlier").disabled = page === 1;
    at("later").disabled = answer.pairs.length < 50;
  } catch (error) {
    tell(error.message, true);
  }
}

function toggleList() {
  const open = at("list").hidden;
  at("list").hidden = !open;
  at("list-button").setAttribute("aria-expanded", String(open));
  if (open) {
    page = 1;
    showList();
    at("list-title").focus();
  }
}

function choose(value) {
  if (shown === null) return;
  at("word").elements.judgement.value = value;
  at("reason").focus();
}

const undo = () => work("undo", {}, "Your last word is withdrawn.");
const KEYS = {
  "1": () => choose("same"), "2": () => choose("not_the_same"), "3": () => choose("cannot_tell"),
  "u": undo, "p": putBack, "q": toggleList, "n": () => work("next", {}),
};

async function putBack() {
  if (shown === null) return;
  const number = shown.pair;
  await work("put-back", {}, `Pair ${number} is back in the queue.`);
  shown = null;
  at("pair").hidden = true;
  at("nothing").hidden = false;
  at("why").textContent = "You put the pair back. Look again, or open another one from the queue.";
  at("nothing-title").focus();
}

document.addEventListener("keydown", (event) => {
  const inText = event.target instanceof HTMLInputElement && event.target.type !== "radio";
  if (event.key === "Escape" && inText) event.target.blur();
  if (inText || event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = KEYS[event.key.toLowerCase()];
  if (!action) return;
  event.preventDefault();
  action();
});
at("reasons").replaceChildren(...REASONS.map((text) => new Option(text)));
at("word").addEventListener("submit", record);
at("undo").addEventListener("click", undo);
at("undo-here").addEventListener("click", undo);
at("put-back").addEventListener("click", putBack);
at("again").addEventListener("click", () => work("next", {}));
at("list-button").addEventListener("click", toggleList);
at("tier").addEventListener("change", () => { page = 1; showList(); });
at("earlier").addEventListener("click", () => { page = Math.max(1, page - 1); showList(); });
at("later").addEventListener("click", () => { page += 1; showList(); });
work("next", {});
