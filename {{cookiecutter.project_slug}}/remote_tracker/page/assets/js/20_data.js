// The page's data: base64 of deflated JSON, in columns.

const FORMAT = 1;

/** Return what stands packed in a text: base64 of raw deflated JSON. */
async function unpack(packed) {
  const raw = atob(packed.trim());
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at += 1) bytes[at] = raw.charCodeAt(at);
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(inflated).text());
}

/** Return a text's key for sorting: case and accents do not count, numbers inside count as numbers. */
function sortKey(text) {
  const flat = /[^\x00-\x7f]/.test(text) ? text.normalize("NFD").replace(/\p{M}/gu, "") : text;
  return flat.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(15, "0"));
}

/** Return each row's rank (equal texts have equal ranks, "" comes last: -1 stands for it). */
function rankTexts(texts) {
  const distinct = [...new Set(texts)];
  const keys = new Map(distinct.map((text) => [text, sortKey(text)]));
  distinct.sort((a, b) => (keys.get(a) < keys.get(b) ? -1 : keys.get(a) > keys.get(b) ? 1 : a < b ? -1 : 1));
  const ranks = new Map(distinct.map((text, rank) => [text, text === "" ? -1 : rank]));
  return Float64Array.from(texts, (text) => ranks.get(text));
}

/** A column: `textAt(row)` is what people read, `ranks()` what it is sorted by (-Infinity: nothing is there). */
class Column {
  constructor(told, extra = {}) {
    Object.assign(this, { title: told.name, unit: "", meaning: "" }, told, extra);
    this.isNumber = told.kind === "number";
    this.isLab = Boolean(told.lab);
    this.kept = null;
  }

  get rows() {
    return this.kind === "word" ? this.at.length : this.values.length;
  }

  valueAt(row) {
    return this.kind === "word" ? (this.words[this.at[row]] ?? "") : this.values[row];
  }

  textAt(row) {
    const value = this.valueAt(row);
    return this.isNumber ? numberText(value) : (value ?? "");
  }

  ranks() {
    this.kept ??= this.makeRanks();
    return this.kept;
  }

  makeRanks() {
    if (this.isNumber) return Float64Array.from(this.values, (value) => value ?? -Infinity);
    if (this.kind !== "word") return rankTexts(this.values.map((text) => text ?? "")).map(emptyLast);
    const ranks = rankTexts(this.words);
    return Float64Array.from(this.at, (word) => emptyLast(ranks[word] ?? -1));
  }

  forget() {
    this.kept = null;
  }
}

const emptyLast = (rank) => (rank < 0 ? -Infinity : rank);

// What the page reads of a video, and shows elsewhere than in a column.
const NOT_COLUMNS = new Set(["result", "sha256_result", "sha256_video", "word_lapsed", "word_about", "note", "word"]);

/** All videos: their columns by name, and how many they are. */
class Videos {
  constructor(data) {
    this.told = new Map((data.columns ?? []).map((told) => [told.name, new Column(told)]));
    this.count = this.told.get("video")?.rows ?? 0;
    this.names = Array.from({ length: this.count }, (_, row) => this.told.get("video").textAt(row));
    this.rowOf = new Map(this.names.map((name, row) => [name, row]));
  }

  text(name, row) {
    return this.told.get(name)?.textAt(row) ?? "";
  }

  /** What reviewed.csv says that a word is about: the result's content, else when it was proven. */
  result(row) {
    return this.text("result", row) || this.text("sha256_result", row) || this.text("proven_at", row);
  }

  get columns() {
    return [...this.told.values()].filter((column) => !NOT_COLUMNS.has(column.name));
  }
}
