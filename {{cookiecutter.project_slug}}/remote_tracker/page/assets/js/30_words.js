// A person's words on results (good, bad, look again) and notes: kept in the browser where it lets the page,
// written to reviewed.csv for ./rt, and read from both.

const WORDS = ["good", "bad", "look again"];
const HEADINGS = ["video", "word", "result", "note"];

/** The words of one project. */
class Words {
  constructor(videos, project) {
    this.videos = videos;
    this.place = `remote-tracker reviewed ${project.name ?? ""} ${project.tracker ?? ""}`;
    this.said = new Map(); // video -> {word, note, result}
    this.listeners = [];
    this.readData();
    this.isKept = this.readBrowser();
  }

  /** What the project's own reviewed.csv said when the page was made. */
  readData() {
    for (let row = 0; row < this.videos.count; row += 1) {
      const word = this.videos.text("word", row);
      const note = this.videos.text("note", row);
      const lapsed = this.videos.text("word_lapsed", row) !== "";
      if (word || note)
        this.said.set(this.videos.names[row], { word, note, result: lapsed ? null : this.videos.result(row) });
    }
  }

  /** What was said in this browser since; false where it keeps nothing. */
  readBrowser() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.place) ?? "[]");
      for (const [video, told] of kept) this.said.set(video, told);
      localStorage.setItem(this.place, JSON.stringify(kept));
      return true;
    } catch {
      return false;
    }
  }

  keep() {
    try {
      localStorage.setItem(this.place, JSON.stringify([...this.said]));
    } catch {
      this.isKept = false;
    }
    for (const listen of this.listeners) listen();
  }

  /** Return the word and note of a video; `lapsed` is a word about a result that was made anew since. */
  of(row) {
    const told = this.said.get(this.videos.names[row]);
    if (!told) return { word: "", note: "", lapsed: "" };
    const holds = told.result === this.videos.result(row);
    return { word: holds ? told.word : "", note: told.note, lapsed: holds ? "" : told.word };
  }

  /** Return whether there is a result to say a word about. */
  canSay(row) {
    return this.videos.result(row) !== "";
  }

  /** Set a word, a note, or both; a word of before is about the result of now as soon as it is said again. */
  set(row, change) {
    const video = this.videos.names[row];
    const { word, note } = { ...this.of(row), ...change };
    const lapsed = this.of(row).lapsed;
    if (lapsed && change.word === undefined) this.said.set(video, { ...this.said.get(video), note });
    else this.said.set(video, { word, note, result: this.videos.result(row) });
    this.keep();
  }

  /** Return how many results have each word, and how many words have lapsed. */
  count() {
    const counts = { good: 0, bad: 0, "look again": 0, lapsed: 0 };
    for (let row = 0; row < this.videos.count; row += 1) {
      const { word, lapsed } = this.of(row);
      if (word) counts[word] = (counts[word] ?? 0) + 1;
      if (lapsed) counts.lapsed += 1;
    }
    return counts;
  }

  /** Return reviewed.csv. A word that had lapsed when the page was made is left out: of its result nothing is known. */
  csv() {
    const rows = [...this.said].filter(([, told]) => told.result !== null && (told.word || told.note));
    rows.sort(([a], [b]) => (a < b ? -1 : 1));
    const lines = rows.map(([video, told]) => [video, told.word, told.result, told.note]);
    return [HEADINGS, ...lines].map((cells) => cells.map(csvCell).join(",")).join("\n") + "\n";
  }

  /** Take the words of a reviewed.csv; returns how many, or says why not. */
  take(text) {
    const [headings, ...rows] = readCsv(text);
    const at = Object.fromEntries(HEADINGS.map((name) => [name, (headings ?? []).indexOf(name)]));
    if (at.video < 0 || at.word < 0) throw new Error("its first line must name the columns video and word");
    let taken = 0;
    for (const cells of rows) {
      const row = this.videos.rowOf.get(cells[at.video]) ?? this.videos.rowOf.get(cells[at.video]?.replace(/^'/, ""));
      const word = (cells[at.word] ?? "").trim().toLowerCase();
      if (row === undefined || (word && !WORDS.includes(word))) continue;
      const result = at.result < 0 ? this.videos.result(row) : (cells[at.result] ?? "");
      this.said.set(this.videos.names[row], { word, note: cells[at.note] ?? "", result });
      taken += 1;
    }
    this.keep();
    return { taken, left: rows.length - taken };
  }
}

function csvCell(text) {
  const cell = safeCell(text);
  return /[",#\r\n]/.test(cell) ? '"' + cell.replaceAll('"', '""') + '"' : cell;
}

/** Return the rows of a CSV, as Excel and LibreOffice write it: , or ; or tab between cells, quotes around some. */
function readCsv(text) {
  const whole = text.replace(/^\ufeff/, "");
  const first = whole.split(/\r?\n/, 1)[0];
  const between = [",", ";", "\t"].sort((a, b) => first.split(b).length - first.split(a).length)[0];
  const cellPattern = new RegExp(`(?:"((?:[^"]|"")*)"|([^${between}\\r\\n]*))(${between}|\\r?\\n|$)`, "gy");
  const rows = [[]];
  for (let found; (found = cellPattern.exec(whole));) {
    rows.at(-1).push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
    if (cellPattern.lastIndex >= whole.length) break;
    if (found[3] !== between) rows.push([]);
  }
  return rows.filter((cells) => cells.length > 1 || cells[0]);
}

/** Give a file to the person, as a download. */
function saveFile(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = make("a", { href: address, download: name, class: "off" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

/** Return the line of words: how many there are, and the buttons that save and read reviewed.csv. */
function wordsBar(words) {
  const counts = make("span", { id: "words-count" });
  const tell = () => {
    const found = words.count();
    const parts = WORDS.map((word) => `${plain.format(found[word])} ${word}`);
    counts.textContent =
      `Your words: ${parts.join(", ")}` + (found.lapsed ? `, ${found.lapsed} lapsed (made anew since).` : ".");
  };
  const save = () => {
    saveFile("reviewed.csv", words.csv());
    say("reviewed.csv is saved: put it into the project's AuxiliaryFiles/.");
  };
  const pick = make("input", {
    type: "file",
    accept: ".csv,text/csv",
    class: "off",
    id: "read-words",
    tabindex: "-1",
    "aria-label": "Read a reviewed.csv",
    change: read,
  });
  async function read() {
    try {
      const { taken, left } = words.take(await pick.files[0].text());
      say(
        `${countOf(taken, "words")} read` +
          (left ? `, ${countOf(left, "lines")} left out: no such video, or no such word.` : "."),
      );
    } catch (problem) {
      say(`This file was not read: ${problem.message}.`);
    }
    pick.value = "";
  }
  words.listeners.push(tell);
  tell();
  return make(
    "div",
    { class: "words-bar" },
    make("p", {}, counts),
    make(
      "p",
      {},
      make("button", { type: "button", id: "save-words", click: save }, "Save reviewed.csv"),
      make("button", { type: "button", click: () => pick.click() }, "Read a reviewed.csv"),
      pick,
    ),
    make(
      "p",
      { class: "quiet" },
      words.isKept
        ? "This browser keeps them too. "
        : "This browser keeps nothing for a page in a file: save them before you close it. ",
      "In the project's AuxiliaryFiles/, ./rt redo --from reviewed.csv and ./rt join read them.",
    ),
  );
}
