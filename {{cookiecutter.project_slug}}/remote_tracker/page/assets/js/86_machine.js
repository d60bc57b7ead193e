// The machine, and how the results were made.

/** Return seconds as people read them: 45 s, 12 min, 3 h 20 min. */
function secondsText(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Write the part of the machine: what was asked and used, waits, what ran slowly, by node. */
function showMachine(machine, open) {
  const { usage = [], waits = [], slow = [], nodes = [] } = machine ?? {};
  const wide = (title, table) => make("div", {}, make("h3", {}, title), scrolling(title, table));
  const name = (told) =>
    make("button", { type: "button", class: "open", click: () => open(told.video) }, nameOf(told.video));
  const parts = [
    usage.length
      ? make(
          "div",
          {},
          make("h3", {}, "Time and memory, asked and used"),
          textBlock("Time and memory, asked and used", usage.join("\n")),
        )
      : null,
    slow.length
      ? [
          make("p", { class: "trouble" }, slowText(slow)),
          wide(
            "At less than half of the usual speed",
            smallTable(
              "Slow videos",
              [
                ["video", name],
                ["node", "node"],
                ["frames a second", "fps", true],
                ["median of the batch", "median_fps", true],
                ["batch", "batch"],
                ["resolution", "resolution"],
              ],
              slow,
            ),
          ),
        ]
      : null,
    nodes.length
      ? wide(
          "By node",
          smallTable(
            "Videos by node",
            [
              ["node", "node"],
              ["videos", "videos", true],
              ["frames a second (median)", "median_fps", true],
            ],
            nodes,
          ),
        )
      : null,
    waits.length
      ? wide(
          "Waits in the queue",
          smallTable(
            "Waits in the queue",
            [
              ["batch", "batch"],
              ["jobs", "jobs", true],
              ["median", (told) => secondsText(told.median_s)],
              ["longest", (told) => secondsText(told.longest_s)],
            ],
            waits,
          ),
        )
      : null,
  ]
    .flat()
    .filter(Boolean);
  byId("machine").append(...(parts.length ? parts : [make("p", { class: "quiet" }, "Nothing is known yet.")]));
}

/** Say how many videos were slow, and on which nodes. */
function slowText(slow) {
  const nodes = new Map();
  for (const told of slow) nodes.set(told.node, (nodes.get(told.node) ?? 0) + 1);
  const named = [...nodes]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 5)
    .map(([node, count]) => `${shown(node) || "a node that is not known"} (${plain.format(count)})`);
  return (
    `${countOf(slow.length, "videos")} ran at less than half of the median speed of their batch: ${named.join(", ")}` +
    (nodes.size > 5 ? ` and ${nodes.size - 5} more nodes.` : ".")
  );
}

/** Write the last part: a paragraph for the paper, its citations, what was left out, the parameters. */
function showMethods(data) {
  const { text = "", bibtex = "", left_out = [] } = data.methods ?? {};
  const parameters = data.parameters ?? [];
  const parts = [
    text
      ? [
          make("h3", {}, "A paragraph for the paper"),
          make(
            "blockquote",
            {},
            shownLines(text)
              .split(/\n\n+/)
              .map((part) => make("p", {}, part)),
          ),
          make("p", {}, copyButton("Copy the text", text, "The text is copied.")),
        ]
      : null,
    bibtex
      ? [
          make("h3", {}, "Citations"),
          textBlock("BibTeX", bibtex),
          make("p", {}, copyButton("Copy the BibTeX", bibtex, "The BibTeX is copied.")),
        ]
      : null,
    left_out.length
      ? [
          make("h3", {}, "Left out"),
          make(
            "ul",
            {},
            left_out.map((line) => make("li", {}, nameOf(line))),
          ),
        ]
      : null,
    parameters.length
      ? [
          make("h3", {}, "Parameters"),
          scrolling(
            "Parameters",
            smallTable(
              "With which parameters results were made",
              [
                ["parameters", (told) => make("code", {}, shown(told.digest.slice(0, 12)))],
                ["differ in", (told) => told.differs || "nothing: as most"],
                [data.project.counts, "videos", true],
              ],
              parameters,
            ),
          ),
        ]
      : null,
  ]
    .flat()
    .filter(Boolean);
  byId("methods").append(...(parts.length ? parts : [make("p", { class: "quiet" }, "Nothing was made yet.")]));
}
