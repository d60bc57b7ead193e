// A person's words on results (good, bad, look again) and notes: kept in the browser where it lets the page,
// written to reviewed.csv for ./rt, and read from both.

const WORDS = ["good", "bad", "look again"];
const HEADINGS = ["video", "word", "result", "note"];
const FEW = 3; // names that a sentence tells

/** The words of one project. */
class Words {
  constructor(videos, project) {
    this.videos = videos;
    this.place = `remote-tracker reviewed ${project.name ?? ""} ${project.tracker ?? ""}`;
    this.said = new Map(); // video -> {word, note, result}; result null: nobody knows which result it is about
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
      const result = lapsed ? this.videos.text("word_about", row) || null : this.videos.result(row);
      if (word || note) this.said.set(this.videos.names[row], { word, note, result });
    }
    this.before = new Map(this.said);
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

  /** Keep what was said here alone: what the project's file says may be said anew there. */
  keep() {
    try {
      const own = [...this.said].filter(([video, told]) => told !== this.before.get(video));
      localStorage.setItem(this.place, JSON.stringify(own));
    } catch {
      this.isKept = false;
    }
    for (const listen of this.listeners) listen();
  }

  /** Return the word and note of a video; `lapsed` is a word about a result that was made anew since. */
  of(row) {
    const told = this.said.get(this.videos.names[row]);
    if (!told) return { word: "", note: "", lapsed: "" };
    const holds = isAbout(told.result, this.videos.result(row));
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

  /** Return how many results have each word. */
  count() {
    const counts = { good: 0, bad: 0, "look again": 0 };
    for (let row = 0; row < this.videos.count; row += 1) {
      const { word } = this.of(row);
      if (word) counts[word] = (counts[word] ?? 0) + 1;
    }
    return counts;
  }

  /** Return the names of the videos whose word has lapsed: their result was made anew since. */
  lapsed() {
    return this.videos.names.filter((_, row) => this.of(row).lapsed);
  }

  /** Return reviewed.csv. A lapsed word stays in it, about the result that it was said of: ./rt names it as lapsed. */
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
    const results = ["sha256_result", "proven_at"].filter((name) => headings.includes(name));
    const places = (results.length ? results : ["result"]).map((name) => headings.indexOf(name));
    const valid = new Set(); // rows with a word about their result of now: no line about another result counts there
    for (const cells of rows) {
      const row = this.videos.rowOf.get(cells[at.video]) ?? this.videos.rowOf.get(cells[at.video]?.replace(/^'/, ""));
      const word = (cells[at.word] ?? "").trim().toLowerCase();
      if (row === undefined || (word && !WORDS.includes(word))) continue;
      const named = places.map((place) => cells[place]?.replace(/^'/, "").trim()).find(Boolean);
      const result = named?.replace(/^sha256:/i, "") ?? this.videos.result(row);
      taken += 1;
      if (isAbout(result, this.videos.result(row))) valid.add(row);
      else if (valid.has(row)) continue;
      this.said.set(this.videos.names[row], { word, note: cells[at.note] ?? "", result });
    }
    this.keep();
    return { taken, left: rows.length - taken };
  }
}

/** Return whether what a word names is this result: the same, or of its SHA-256 at least the first 16 digits. */
function isAbout(named, result) {
  return named === result || (/^[0-9a-f]{16,63}$/i.test(named ?? "") && result.startsWith(named.toLowerCase()));
}

/** Return the first names of a list, and how many more there are. */
function fewNames(names) {
  const more = names.length - FEW;
  return names.slice(0, FEW).map(shown).join(", ") + (more > 0 ? ` and ${plain.format(more)} more` : "");
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
    const lapsed = words.lapsed();
    counts.textContent =
      `Your words: ${parts.join(", ")}` +
      (lapsed.length ? `, ${plain.format(lapsed.length)} lapsed (made anew since): ${fewNames(lapsed)}.` : ".");
  };
  const save = () => {
    saveFile("reviewed.csv", words.csv());
    const lapsed = words.lapsed();
    const about = lapsed.length === 1 ? "is about a result that was" : "are about results that were";
    say(
      "reviewed.csv is saved: put it into the project's AuxiliaryFiles/." +
        (lapsed.length ? ` ${countOf(lapsed.length, "words")} in it ${about} made anew: ${fewNames(lapsed)}.` : ""),
    );
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
