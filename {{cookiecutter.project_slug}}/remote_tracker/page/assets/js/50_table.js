// The table of videos: a real table, of which only the rows in view (and a few around) are drawn.

const AROUND = 8; // rows drawn above and below what is in view
const PRINTED = 500;
const SHORT = 12; // fewer rows need no view of a fixed height
/** The table: `show(rows)` draws other rows, `open(row)` is called for a row that a person takes. */
class VideoTable {
  constructor(videos, words, open) {
    Object.assign(this, { videos, words, open, rows: [], drawn: new Map(), active: 0, height: 600 });
    this.rowHeight = 34;
    this.head = new TableHead(
      videos,
      words,
      () => this.redrawHead(),
      () => this.show(this.rows),
    );
    this.build();
    words.listeners.push(() => this.refreshWords());
  }

  build() {
    this.body = make("tbody");
    this.caption = make(
      "caption",
      { class: "off" },
      "The videos: one row each. A heading sorts, a name opens the video.",
    );
    this.table = make("table", { class: "videos" }, this.caption, this.head.sizes, this.head.place, this.body);
    this.view = make(
      "div",
      {
        class: "scrolling videos-view",
        role: "region",
        "aria-label": "Table of videos",
        tabindex: "0",
        scroll: () => this.draw(),
        copy: (event) => this.copySelected(event),
        keydown: (event) => this.moveByKey(event),
      },
      this.table,
    );
    this.above = make("tr", { class: "gap", "aria-hidden": "true" }, make("td"));
    this.below = make("tr", { class: "gap", "aria-hidden": "true" }, make("td"));
    this.view.classList.toggle("short", this.videos.count < SHORT);
    this.redrawHead();
    new ResizeObserver(() => {
      this.height = this.view.clientHeight;
      this.draw();
    }).observe(this.view);
  }

  redrawHead() {
    this.table.style.width = `${this.head.build()}rem`;
    this.redraw();
  }

  /** Draw these rows, in the order that is chosen. */
  show(rows) {
    this.rows = this.head.sort(rows);
    this.active = 0;
    if (this.view.scrollTop) this.view.scrollTop = 0; // asked before anything changes: later it would cost a layout
    this.table.setAttribute("aria-rowcount", this.rows.length + 1);
    this.redraw(0);
  }

  redraw(top = this.view.scrollTop) {
    for (const row of this.drawn.values()) row.remove();
    this.drawn.clear();
    this.draw(top);
  }

  /** Draw the rows in view; rows that are drawn already stay as they are, and keep the focus. */
  draw(scrolled = this.view.scrollTop) {
    const seen = Math.ceil(this.height / this.rowHeight);
    const top = Math.floor(scrolled / this.rowHeight);
    const first = Math.max(0, Math.min(top - AROUND, this.rows.length - seen));
    this.drawRows(first, Math.min(this.rows.length, top + seen + AROUND));
    if (!this.drawn.has(this.active)) this.activate(Math.max(0, Math.min(top, this.rows.length - 1)));
  }

  /** Draw the first rows, as many as paper takes. */
  drawForPaper() {
    this.drawRows(0, Math.min(PRINTED, this.rows.length));
    this.below.hidden = true;
  }

  drawRows(first, end) {
    for (const [at, row] of this.drawn)
      if (at < first || at >= end) {
        row.remove();
        this.drawn.delete(at);
      }
    if (!this.above.isConnected) this.body.append(this.above, this.below);
    let before = this.above;
    for (let at = first; at < end; at += 1) {
      if (!this.drawn.has(at)) {
        this.drawn.set(at, rowLine(this, at));
        before.after(this.drawn.get(at));
      }
      before = this.drawn.get(at);
    }
    this.above.firstChild.style.height = `${first * this.rowHeight}px`;
    this.below.firstChild.style.height = `${(this.rows.length - end) * this.rowHeight}px`;
    for (const gap of [this.above, this.below]) gap.hidden = gap.firstChild.style.height === "0px";
  }

  refreshWords() {
    for (const line of this.body.querySelectorAll("tr[data-row]")) {
      const box = line.querySelector("select");
      if (!box) continue;
      const { word } = this.words.of(Number(line.dataset.row));
      if (box.value !== word) box.value = word;
      box.dataset.word = word;
    }
  }

  clicked(event, row) {
    if (event.target.closest("select, option") || String(getSelection())) return;
    this.open(row);
  }

  /** Let the Tab key reach this row; the arrow keys lead to the others. */
  activate(at) {
    for (const [known, line] of this.drawn) {
      for (const control of line.querySelectorAll("button, select")) control.tabIndex = known === at ? 0 : -1;
    }
    this.active = at;
  }

  moveByKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches("button.open")) return;
    event.preventDefault();
    this.focusOn(this.active + step);
  }

  focusOn(at) {
    if (at < 0 || at >= this.rows.length) return;
    const top = at * this.rowHeight;
    const room = this.view.clientHeight - this.head.place.offsetHeight - this.rowHeight;
    if (top < this.view.scrollTop) this.view.scrollTop = top;
    else if (top > this.view.scrollTop + room) this.view.scrollTop = top - room;
    this.draw();
    this.drawn.get(at)?.querySelector("button.open").focus({ preventScroll: true });
  }

  /** Copy what is selected; the cells cannot become formulas. */
  copySelected(event) {
    const rows = String(getSelection())
      .split("\n")
      .map((line) => line.split("\t"));
    event.clipboardData.setData("text/plain", tabbed(rows));
    event.preventDefault();
  }

  /** Return all rows that are chosen, for a spreadsheet. */
  text() {
    const columns = [this.videos.told.get("video"), ...this.head.columns];
    const cell = (column, row) => (column.isNumber ? (column.valueAt(row) ?? "") : column.textAt(row));
    const lines = this.rows.map((row) => [
      ...columns.map((column) => cell(column, row)),
      this.words.of(row).word,
      this.words.of(row).note,
    ]);
    return tabbed([[...columns.map((column) => column.title), "your word", "note"], ...lines]);
  }
}
