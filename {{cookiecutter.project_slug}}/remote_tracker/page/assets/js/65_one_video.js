// One video: its picture, what is known of it, its story, its log's end, a person's word and note.

const NOTE_PAUSE = 400; // ms without a letter

/** The window that shows one video. */
class OneVideo {
  constructor(videos, words, files) {
    Object.assign(this, { videos, words, files, order: () => [], row: null });
    this.box = make("dialog", {
      id: "one-video",
      "aria-labelledby": "one-title",
      close: () => this.closed(),
      click: (event) => {
        if (event.target === this.box) this.box.close();
      },
    });
    document.body.append(this.box);
  }

  open(row) {
    this.keepNote();
    this.back ??= document.activeElement;
    this.row = row;
    this.box.replaceChildren(
      this.header(),
      make(
        "div",
        { class: "one" },
        make("div", { class: "one-left" }, this.picture(), this.wordsForm()),
        make("div", { class: "one-right" }, this.told(), this.facts()),
      ),
    );
    if (!this.box.open) this.box.showModal();
    this.box.scrollTop = 0;
    this.box.querySelector("h2").focus();
  }

  closed() {
    this.keepNote();
    if (this.back?.isConnected) this.back.focus();
    this.back = null;
  }

  header() {
    const order = this.order();
    const at = order.indexOf(this.row);
    const go = (step, label) =>
      make(
        "button",
        {
          type: "button",
          disabled: at < 0 || order[at + step] === undefined,
          click: () => this.open(order[at + step]),
        },
        label,
      );
    return make(
      "header",
      { class: "one-head" },
      make("h2", { id: "one-title", tabindex: "-1" }, nameOf(this.videos.names[this.row])),
      make(
        "p",
        { class: "one-state" },
        stateMark(this.videos.text("state", this.row)),
        " ",
        nameOf(this.videos.text("reason", this.row), { class: "quiet" }),
      ),
      make(
        "p",
        { class: "one-go" },
        go(-1, "Previous"),
        go(1, "Next"),
        at < 0 ? null : make("span", { class: "quiet" }, `${plain.format(at + 1)} of ${plain.format(order.length)}`),
        make("button", { type: "button", class: "close", click: () => this.box.close() }, "Close"),
      ),
    );
  }

  picture() {
    const name = this.videos.names[this.row];
    const row = this.row;
    const missing = () =>
      this.files
        .day(this.videos.text("day", row))
        .then(
          () => "No picture of this video was made.",
          () => ALONE,
        )
        .then((text) => figure.replaceChildren(make("figcaption", { class: "quiet" }, text)));
    const image = make("img", {
      alt: `Tracks of ${shown(name)} over a frame`,
      src: this.files.picture(row),
      error: missing,
    });
    const figure = make("figure", { class: "picture" }, image);
    return figure;
  }

  /** Keep the note that is being written; until then it is the page's alone, since each keeping writes all words. */
  keepNote() {
    clearTimeout(this.timer);
    if (this.note) this.words.set(this.note.row, { note: this.note.text });
    this.note = null;
  }

  wordsForm() {
    const row = this.row;
    if (!this.words.canSay(row)) return make("p", { class: "quiet" }, "It has no result to say a word about.");
    const { word, note, lapsed } = this.words.of(row);
    const choice = (value, label) => {
      const box = make("input", {
        type: "radio",
        name: "word",
        value,
        change: () => {
          this.keepNote();
          this.words.set(row, { word: value });
        },
      });
      box.checked = word === value;
      return make("label", { class: `choice word-${value.replace(" ", "-") || "none"}` }, box, " ", label);
    };
    const written = () => {
      this.note = { row, text: area.value };
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keepNote(), NOTE_PAUSE);
    };
    const area = make("textarea", { id: "note", rows: "2", input: written });
    area.value = note;
    return make(
      "form",
      { class: "words", submit: (event) => event.preventDefault() },
      make(
        "fieldset",
        {},
        make("legend", {}, "Your word on the result"),
        WORDS.map((known) => choice(known, known)),
        choice("", "none"),
        lapsed ? make("p", { class: "quiet" }, `It was called ${lapsed}; the result was made anew since.`) : null,
      ),
      make("label", { for: "note" }, "Note"),
      area,
    );
  }

  /** The story and the log's end, as soon as the day's file is there. */
  told() {
    const name = this.videos.names[this.row];
    const place = make(
      "div",
      { class: "told", "aria-live": "polite" },
      make("p", { class: "quiet" }, "Looking in report/ ..."),
    );
    const show = ({ stories, logs }) =>
      place.replaceChildren(
        make("h3", {}, "Its story"),
        textBlock("Its story", stories?.[name] || "Nothing is told of it."),
        make("h3", {}, "The end of its log"),
        textBlock("The end of its log", logs?.[name] || "There is no log."),
      );
    this.files
      .day(this.videos.text("day", this.row))
      .then(show, () => place.replaceChildren(make("p", { class: "quiet alone" }, ALONE)));
    return place;
  }

  facts() {
    const known = this.videos.columns.filter((column) => column.name !== "video" && column.textAt(this.row) !== "");
    const one = (column) => [
      make("dt", { title: shown(column.meaning) }, nameOf(column.title)),
      make(
        "dd",
        {},
        nameOf(column.textAt(this.row)),
        column.unit ? make("span", { class: "quiet" }, " ", shown(column.unit)) : null,
      ),
    ];
    return make("div", {}, make("h3", {}, "What is known"), make("dl", { class: "facts" }, known.map(one)));
  }
}

/** Return lines of a program as they are; keys scroll them. */
function textBlock(label, text) {
  return make("pre", { tabindex: "0", role: "group", "aria-label": label }, shownLines(text));
}
