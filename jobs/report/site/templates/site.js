// Lists can be sorted by any column and filtered by any word. Without scripts the page is whole.
"use strict";

const number = (text) => {
  const value = Number(text.replace(/,/g, ""));
  return text !== "" && Number.isFinite(value) ? value : null;
};

function compare(a, b) {
  if (a === b) return 0;
  if (a === "") return 1;
  if (b === "") return -1;
  const [x, y] = [number(a), number(b)];
  return x !== null && y !== null ? x - y : a.localeCompare(b, "en-GB");
}

function sortBy(table, place, heading) {
  const falling = heading.getAttribute("aria-sort") === "ascending";
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [row.cells[place].textContent.trim(), row]);
  const empty = rows.filter(([key]) => key === "");
  const filled = rows.filter(([key]) => key !== "");
  filled.sort(([a], [b]) => (falling ? compare(b, a) : compare(a, b)));
  body.append(...filled.map(([, row]) => row), ...empty.map(([, row]) => row));
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
}

function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((heading, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    button.addEventListener("click", () => sortBy(table, place, heading));
  });
}

const wantedTag = () => new URLSearchParams(location.hash.slice(1)).get("in");

function addFilter(table, index) {
  const box = document.createElement("div");
  box.className = "filter";
  const label = document.createElement("label");
  const input = document.createElement("input");
  const count = document.createElement("p");
  input.type = "search";
  input.id = `filter-${index}`;
  label.htmlFor = input.id;
  label.textContent = "Show only rows with";
  count.className = "hint";
  count.setAttribute("role", "status");
  box.append(label, input, count);
  table.closest(".scroll").before(box);
  const rows = [...table.tBodies[0].rows];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const all = document.createElement("a");
  all.href = "#list";
  all.textContent = "Show all";
  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const tag = wantedTag();
    let shown = 0;
    for (const row of rows) {
      const counted = !tag || (row.dataset.in ?? "").split(" ").includes(tag);
      row.hidden = !(counted && words.every((word) => texts.get(row).includes(word)));
      shown += row.hidden ? 0 : 1;
    }
    const many = `${shown.toLocaleString("en-GB")} of ${rows.length.toLocaleString("en-GB")} rows`;
    count.textContent = tag ? `Only what the number counts: ${many}. ` : words.length ? many : "";
    if (tag) count.append(all);
  };
  input.addEventListener("input", apply);
  if (!rows[0].dataset.in) return;
  const open = () => {
    apply();
    if (wantedTag()) box.scrollIntoView();
  };
  window.addEventListener("hashchange", open);
  open();
}

document.querySelectorAll("table[data-sortable]").forEach((table, index) => {
  makeSortable(table);
  const rows = table.tBodies[0].rows;
  if (rows.length > 10 || rows[0].dataset.in) addFilter(table, index);
});
