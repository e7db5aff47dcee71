// What waits for a second person: shown to everybody but those who decided it. Works with what
// review.js defines, and like it puts every value into the page as text.
"use strict";

const SAYS = { must_link: "one person", must_not_link: "two persons", left_to_model: "withdrawn: the model decides" };
let second = null;

function showAwaited(waiting) {
  at("awaited-count").textContent = `(${waiting.length})`;
  at("awaited-rows").replaceChildren(...waiting.map((one) => {
    const row = made("tr");
    const open = made("button", "Open");
    open.type = "button";
    open.setAttribute("aria-label", `Open decision ${one.decision}`);
    open.addEventListener("click", () => attempt(() => openSecond(one.decision)));
    const last = made("td");
    last.append(open);
    row.append(made("td", String(one.decision)), made("td", SAYS[one.judgement]), made("td", one.by), made("td", day(one.decided_at.slice(0, 10))), made("td", one.wanted), last);
    return row;
  }));
}

function closeSecond() {
  second = null;
  at("second").hidden = true;
}

async function openSecond(number) {
  const one = await ask("awaited/open", { decision: number });
  second = number;
  at("second-title").textContent = `Decision ${number}: ${SAYS[one.judgement]}`;
  at("second-said").textContent = `By ${one.by}, on ${day(one.decided_at.slice(0, 10))}: ${one.reason}. A second person is wanted: ${one.wanted}.`;
  at("second-effect").replaceChildren(...one.effect.map((line) => made("li", line)));
  at("second-lines").replaceChildren(...one.lines.map(recordRow));
  at("second-evidence").replaceChildren(...one.evidence.map(evidenceRow));
  at("second-word").reset();
  at("second").hidden = false;
  at("second-title").focus();
}

async function answerSecond(event) {
  event.preventDefault();
  const reason = at("second-reason").value.trim();
  if (!reason) return tell("Give a reason.", true);
  const word = event.submitter && event.submitter.value === "refuse" ? "refuse" : "confirm";
  const number = second;
  await attempt(async () => {
    showAwaited(await ask(`awaited/${word}`, { decision: number, reason }));
    closeSecond();
    tell(word === "confirm" ? `Decision ${number} confirmed: it holds from the next night on.` : `Decision ${number} refused.`);
  });
}

async function attempt(action) {
  try {
    await action();
  } catch (error) {
    tell([error.message, ...(error.chain || [])].join("\n"), true);
  }
}

async function toggleAwaited() {
  const opening = at("awaited").hidden;
  if (opening) showAwaited(await ask("awaited", {}));
  at("awaited").hidden = !opening;
  at("awaited-button").setAttribute("aria-expanded", String(opening));
  if (opening) at("awaited-title").focus();
  else closeSecond();
}

at("awaited-button").addEventListener("click", () => attempt(toggleAwaited));
at("second-word").addEventListener("submit", answerSecond);
attempt(async () => showAwaited(await ask("awaited", {})));
