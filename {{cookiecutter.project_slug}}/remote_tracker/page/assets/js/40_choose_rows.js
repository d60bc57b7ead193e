// Which rows the table shows, and in which order: decisions on numbers, quick for 10,000 rows.

const SEARCHED = ["video", "day", "state", "reason", "stands_out", "made_with", "node", "batch", "note"];

/** Return for each row the text that the search looks through; made once. */
function searchTexts(videos) {
  const columns = [...videos.told.values()].filter((column) => SEARCHED.includes(column.name) || column.isLab);
  return Array.from({ length: videos.count }, (_, row) =>
    columns
      .map((column) => column.textAt(row))
      .join("\n")
      .toLowerCase(),
  );
}

/** Return a test of one row for what was typed: each word of it must be there. */
function searchTest(texts, typed) {
  const parts = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return (row) => parts.every((part) => texts[row].includes(part));
}

/** Return a test of one row: the column's text is this one. */
function equalTest(column, text) {
  if (column.kind !== "word") return (row) => column.values[row] === text;
  const wanted = column.words.indexOf(text);
  return (row) => column.at[row] === wanted;
}

/** Return a test of one row: a number between both (NaN: no limit), or a text that has this in it. */
function columnTest(column, { low, high, part }) {
  if (!column.isNumber) return (row) => column.textAt(row).toLowerCase().includes(part.toLowerCase());
  return (row) => {
    const value = column.values[row];
    return value !== null && !(value < low) && !(value > high);
  };
}

/** Return the rows that pass all tests. */
function filterRows(count, tests) {
  const rows = [];
  for (let row = 0; row < count; row += 1) if (tests.every((test) => test(row))) rows.push(row);
  return rows;
}

/** Return rows in the order of ranks; what has no value comes last, whichever way; equal rows keep their order. */
function sortRows(rows, ranks, isDown) {
  const sign = isDown ? -1 : 1;
  const compare = (a, b) => {
    const [left, right] = [ranks[a], ranks[b]];
    if (left === right) return a - b;
    if (left === -Infinity) return 1;
    if (right === -Infinity) return -1;
    return left < right ? -sign : sign;
  };
  return rows.sort(compare);
}
