// Where it stands, and what failed.

const LAST_DAYS = 21;

/** Return "12 Jan 2026, 14:05" of an ISO 8601 text, as it was on the machine that made the page. */
function timeText(iso) {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(iso ?? "");
  if (!found) return iso ?? "";
  const month = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")[Number(found[2]) - 1];
  return `${Number(found[3])} ${month} ${found[1]}, ${found[4]}`;
}

/** Write the head of the page. */
function showHead({ name, tracker, version, cluster, made_at }) {
  document.title = `${shown(name)}: report`;
  byId("project").replaceChildren(nameOf(name));
  byId("made").replaceChildren(
    "Tracker ",
    nameOf(tracker),
    ", cluster ",
    nameOf(cluster),
    `. Made ${timeText(made_at)}`,
    version ? ` by remote-tracker ${shown(version)}.` : ".",
  );
}

/** Return the counts of all days together, by state. */
function sumDays(data) {
  return data.states.map((state, at) => data.days.reduce((sum, day) => sum + day.counts[at], 0));
}

/** Return a bar whose parts are as long as their counts; its text says the same. */
function stateBar(states, counts, most, isBig = false) {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const bar = make("span", {
    class: isBig ? "bar big" : "bar",
    "aria-hidden": "true",
    style: `width:${Math.max(1, (100 * all) / (most || 1))}%`,
  });
  states.forEach((state, at) => {
    if (counts[at])
      bar.append(
        make("span", {
          class: `part ${stateClass(state)}`,
          style: `flex-grow:${counts[at]}`,
          title: `${shown(state)}: ${plain.format(counts[at])}`,
        }),
      );
  });
  return make("span", { class: "bar-place", "aria-hidden": "true" }, bar);
}

/** Write the first part: what is done, what needs a person, when it will be done, a bar a day. */
function showStanding(data) {
  const counts = sumDays(data);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const legend = data.states.map((state, at) =>
    counts[at] ? make("li", {}, stateMark(state), " ", make("b", {}, plain.format(counts[at]))) : null,
  );
  byId("standing").append(
    make(
      "div",
      { class: "two" },
      make(
        "div",
        {},
        make(
          "p",
          { class: "big-number" },
          make("b", {}, plain.format(counts[data.states.indexOf("finished")] ?? 0)),
          ` of ${countOf(all, data.project.counts)} finished`,
        ),
        stateBar(data.states, counts, all, true),
        make("ul", { class: "legend" }, legend),
        data.rate ? make("p", { id: "rate" }, shown(data.rate)) : null,
      ),
      needs(data),
    ),
    dayBars(data),
  );
}

/** Return what needs a person, with the lines to type. */
function needs(data) {
  const items = (data.needs ?? []).map((need) =>
    make(
      "li",
      {},
      make("p", { class: "lines" }, shownLines(need.text)),
      need.command ? commandLine(need.command) : null,
    ),
  );
  const next = (data.next ?? []).map((command) => make("p", {}, commandLine(command)));
  return make(
    "div",
    { class: "needs" },
    make("h3", {}, "What needs a person"),
    items.length ? make("ul", {}, items) : make("p", { class: "quiet" }, "Nothing does."),
    next.length ? [make("h3", {}, "Next"), next] : null,
  );
}

function dayBars(data) {
  const most = Math.max(...data.days.map((day) => day.counts.reduce((sum, count) => sum + count, 0)), 1);
  const name = (day) => (day.file ? make("a", { href: day.file }, nameOf(day.day)) : nameOf(day.day));
  const inWords = (day) =>
    data.states
      .map((state, at) => (day.counts[at] ? `${plain.format(day.counts[at])} ${shown(state)}` : ""))
      .filter(Boolean)
      .join(", ");
  const line = (day) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, name(day)),
      make("td", { class: "bar-cell" }, stateBar(data.states, day.counts, most)),
      make("td", {}, inWords(day)),
    );
  const table = (days) =>
    make(
      "table",
      { class: "days" },
      make("caption", { class: "off" }, "How each day stands"),
      make(
        "colgroup",
        {},
        ["day", "bar", "words"].map((name) => make("col", { class: `col-${name}` })),
      ),
      make(
        "thead",
        { class: "off" },
        make(
          "tr",
          {},
          ["Day", "Bar", "How it stands"].map((title) => make("th", { scope: "col" }, title)),
        ),
      ),
      make("tbody", {}, days.map(line)),
    );
  if (!data.days.length) return null;
  const last = data.days.slice(-LAST_DAYS); // what runs now, or ran just now, is in them
  const before = data.days.slice(0, -LAST_DAYS);
  return make(
    "div",
    { class: "day-bars" },
    make("h3", {}, "Each day"),
    before.length ? folded(`${countOf(before.length, "days")} before`, table(before)) : null,
    table(last),
  );
}

/** Write the second part: each cause, how often, what to do, which videos. */
function showFailures(failures) {
  const place = byId("failures");
  if (!failures?.length) return place.append(make("p", { class: "quiet" }, "Nothing failed."));
  return place.append(make("ul", { class: "causes" }, failures.map(cause)));
}

function cause(told) {
  const names = told.names ?? [];
  const where = [told.stage ? ["in ", nameOf(told.stage)] : null, told.node ? [" on ", nameOf(told.node)] : null];
  const list = () =>
    make(
      "ul",
      { class: "names" },
      names.map((name) => make("li", {}, nameOf(name))),
    );
  const details = make(
    "details",
    {
      toggle: () => {
        if (details.open && details.children.length === 1)
          details.append(scrolling(`Names: ${shown(told.title)}`, list()));
      },
    },
    make("summary", {}, names.length === 1 ? "The name" : `All ${plain.format(names.length)} names`),
  );
  return make(
    "li",
    { class: "cause" },
    make("h3", {}, make("span", { class: "count" }, `${plain.format(told.count)} \u00d7`), " ", nameOf(told.title)),
    make("p", { class: "quiet" }, where),
    told.advice ? make("p", { class: "lines" }, shownLines(told.advice)) : null,
    [...(told.first ?? []), told.command].filter(Boolean).map((line) => make("p", {}, commandLine(line))),
    details,
    copyButton(
      names.length === 1 ? "Copy the name" : "Copy the names",
      () => names.map(safeCell).join("\n") + "\n",
      `${countOf(names.length, "names")} copied.`,
      { "aria-label": `Copy the names: ${shown(told.title)}` },
    ),
  );
}
