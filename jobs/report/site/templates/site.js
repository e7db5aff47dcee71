// Lists can be sorted by any column, searched, and cut down to what a number counts. Without scripts
// a page shows the first rows, and the CSV beside it has them all.
"use strict";

const FIRST = 50; // rows of a list seen at first
const STEP = 250; // rows that hold the words somebody types, and rows on the page without scripts
const MOST = 2000; // rows of a number shown at once

// A text as a number; days since a date are below nought: "4 past".
const number = (text) => {
  const value = Number(text.replace(/,/g, "").replace(/^(\d+) past$/, "-$1"));
  return text !== "" && Number.isFinite(value) ? value : null;
};

const thousands = (value) => value.toLocaleString("en-GB");

function compare(a, b) {
  if (a === b) return 0;
  const [x, y] = [number(a), number(b)];
  return x !== null && y !== null ? x - y : a.localeCompare(b, "en-GB");
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// The rows that stand on the page itself: texts by column, and the link of each.
function rowsOfPage(table) {
  const rows = [...table.tBodies[0].rows];
  const columns = [...table.tHead.rows[0].cells].map((_, place) =>
    rows.map((row) => row.cells[place].textContent.trim()));
  const place = Number(table.dataset.linked ?? 0);
  const links = rows.map((row) => row.cells[place].querySelector("a")?.getAttribute("href") ?? "");
  return { count: rows.length, columns, links, tags: null };
}

// A column is its texts, or its different texts and which of them stands in each row.
const texts = (column) =>
  column.places ? column.places.map((place) => column.texts[place]) : column.texts;

const waiting = new Map();
// Called by the file of a list, data/NAME.js, which has every row.
window.listed = (name, content) => {
  const columns = content.columns.map(texts);
  const links = content.links ? texts(content.links) : [];
  const tags = content.tags ? texts(content.tags) : null;
  waiting.get(name)({ count: content.count, columns, links, tags });
};

function rowsOfFile(file) {
  return new Promise((done, failed) => {
    waiting.set(file.replace(/^.*\/|\.js$/g, ""), done);
    document.head.append(element("script", { src: file, onerror: failed }));
  });
}

class List {
  constructor(table, place) {
    this.table = table;
    this.body = table.tBodies[0];
    this.styles = [...table.tHead.rows[0].cells].map((cell) => cell.className);
    // On a phone each row is a card, and each cell says its heading.
    this.headings = table.classList.contains("cards")
      ? [...table.tHead.rows[0].cells].map((cell) => cell.textContent) : [];
    this.whole = Number(table.dataset.rows ?? this.body.rows.length);
    this.file = table.dataset.file ?? "";
    this.sorted = null;
    this.room = FIRST;
    this.addSort();
    if (this.whole > 10 || this.file) this.addSearch(place);
    this.fold();
    window.addEventListener("hashchange", () => this.open());
    this.open();
  }

  get tag() {
    return this.file ? new URLSearchParams(location.hash.slice(1)).get("in") : null;
  }

  // Asked for once, however fast somebody types: a second answer would leave the first one waiting.
  load() {
    this.rows ??= this.file ? rowsOfFile(this.file) : Promise.resolve(rowsOfPage(this.table));
    return this.rows;
  }

  addSort() {
    [...this.table.tHead.rows[0].cells].forEach((heading, place) => {
      const button = element("button", { type: "button", textContent: heading.textContent });
      heading.replaceChildren(button);
      button.addEventListener("click", () => this.sort(place, heading));
    });
  }

  async sort(place, heading) {
    const falling = heading.getAttribute("aria-sort") === "ascending";
    for (const other of this.table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
    this.sorted = { place, falling };
    await this.show();
  }

  addSearch(place) {
    this.input = element("input", { type: "search", id: `filter-${place}` });
    const label = element("label", { htmlFor: this.input.id, textContent: "Show only rows with" });
    this.status = element("p", { className: "hint" });
    this.status.setAttribute("role", "status");
    this.box = element("div", { className: "filter" }, label, this.input, this.status);
    this.table.closest(".scroll").before(this.box);
    this.more = element("p", { className: "filter" });
    this.table.closest(".scroll").after(this.more);
    this.input.addEventListener("input", () => {
      this.room = this.input.value.trim() ? STEP : FIRST;
      this.show();
    });
    this.offer(Math.min(FIRST, this.body.rows.length), this.whole);
  }

  // The rest of the rows on the page waits until it is asked for, or printed.
  fold() {
    for (const row of [...this.body.rows].slice(FIRST)) row.hidden = true;
  }

  // Opened by a number: its rows alone, or, where it counts every row, the whole list.
  async open() {
    const tag = this.tag;
    if (!tag && location.hash !== "#list") return;
    this.room = MOST;
    await this.show();
    if (tag) this.box.scrollIntoView();
  }

  // The numbers of the rows to be shown, in their order.
  chosen(rows) {
    const words = this.input ? this.input.value.toLowerCase().split(/\s+/).filter(Boolean) : [];
    const tag = this.tag;
    const found = [];
    for (let row = 0; row < rows.count; row += 1) {
      if (tag && !(rows.tags?.[row] ?? "").split(" ").includes(tag)) continue;
      if (words.length) {
        const text = rows.columns.map((column) => column[row]).join(" ").toLowerCase();
        if (!words.every((word) => text.includes(word))) continue;
      }
      found.push(row);
    }
    if (this.sorted) {
      const column = rows.columns[this.sorted.place];
      const sign = this.sorted.falling ? -1 : 1;
      found.sort((a, b) => {
        // What is not recorded stands last, whichever way.
        if (column[a] === "" || column[b] === "") return (column[a] === "") - (column[b] === "");
        return sign * compare(column[a], column[b]);
      });
    }
    return { found, words, tag };
  }

  async show() {
    let rows;
    try {
      rows = await this.load();
    } catch {
      this.status.textContent = "The file of this list is not here: the CSV has every row.";
      return;
    }
    const { found, words, tag } = this.chosen(rows);
    const shown = found.slice(0, this.room);
    this.body.replaceChildren(...shown.map((row) => this.row(rows, row)));
    if (!this.status) return;
    const many = `${thousands(found.length)} of ${thousands(rows.count)} rows`;
    this.status.textContent = tag
      ? `Only what the number counts: ${many}. `
      : words.length ? many : "";
    if (tag) this.status.append(element("a", { href: "#list", textContent: "Show all" }));
    this.offer(shown.length, found.length);
  }

  // What is not shown yet, and the way to it.
  offer(shown, all) {
    this.more.replaceChildren();
    if (shown >= all) return;
    const ways = [[`Show ${thousands(Math.min(MOST, all - shown))} more`, shown + MOST]];
    if (all - shown > MOST) ways.push([`Show all ${thousands(all)}`, Infinity]);
    const buttons = ways.map(([textContent, room]) => {
      const button = element("button", { type: "button", textContent });
      button.addEventListener("click", () => {
        this.room = room;
        this.show();
      });
      return button;
    });
    this.more.append(`Rows 1 to ${thousands(shown)} of ${thousands(all)}. `, ...buttons);
  }

  row(rows, at) {
    const linked = Number(this.table.dataset.linked ?? 0);
    const cells = rows.columns.map((column, place) => {
      const link = place === linked ? rows.links[at] : "";
      const text = element("bdi", { textContent: column[at] });
      const shown = link ? element("a", { href: link }, text) : place ? column[at] : text;
      if (place) {
        const cell = element("td", { className: this.styles[place] }, shown);
        if (this.headings[place]) cell.dataset.h = this.headings[place];
        return cell;
      }
      return element("th", { scope: "row" }, shown);
    });
    return element("tr", {}, ...cells);
  }
}

document.querySelectorAll("table[data-sortable]").forEach((table, place) => new List(table, place));
