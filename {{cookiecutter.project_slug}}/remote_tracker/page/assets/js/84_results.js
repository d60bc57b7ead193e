// The results: distributions of features, animals per video, what stands out, where animals were.

const MAPS_AT_FIRST = 12;

/** Write the part of the results. */
function showResults(data, open) {
  const parts = [featurePart(data), animalsPart(data), oddPart(data, open), heatPart(data)].filter(Boolean);
  const notes = (data.notes ?? []).map((note) => make("p", { class: "note" }, nameOf(note)));
  byId("results").append(
    ...notes,
    ...(parts.length ? parts : [make("p", { class: "quiet" }, "There are no tables of results yet.")]),
  );
}

/** Return the distributions: which feature, by day or by a column of the lab. */
function featurePart(data) {
  const features = data.features ?? [];
  if (!features.length) return null;
  const place = make("div");
  const pick = make(
    "select",
    { id: "feature", change: () => draw() },
    features.map((told, at) => make("option", { value: at }, shown(told.name))),
  );
  const by = make("select", { id: "feature-by", change: () => draw() });
  const chosen = () => features[Number(pick.value)];
  const draw = () => {
    const told = chosen();
    const before = by.value || "day";
    const columns = Object.keys(told.by);
    by.replaceChildren(...columns.map((name) => make("option", { value: name }, shown(name))));
    by.value = columns.includes(before) ? before : columns[0];
    place.replaceChildren(
      told.meaning ? make("p", { class: "quiet" }, nameOf(told.meaning)) : "",
      boxes(told.by[by.value] ?? [], { title: told.name, unit: told.unit, what: by.value, count: "values" }),
    );
  };
  draw();
  const left = data.features_left ?? [];
  return make(
    "div",
    {},
    make("h3", {}, "Features"),
    make(
      "div",
      { class: "choose" },
      make("div", { class: "field" }, make("label", { for: "feature" }, "Feature"), pick),
      make("div", { class: "field" }, make("label", { for: "feature-by" }, "By"), by),
    ),
    place,
    left.length
      ? folded(
          `${countOf(left.length, "features")} more in Results/joined/animals.csv`,
          make(
            "p",
            {},
            left.map((name, at) => [at ? ", " : "", nameOf(name)]),
          ),
        )
      : null,
  );
}

function animalsPart(data) {
  if (!data.animals?.length) return null;
  return make(
    "div",
    {},
    make("h3", {}, `Animals per ${data.project.unit ?? "video"}`),
    boxes(data.animals, { title: "animals", unit: "", what: "day", count: data.project.counts, isWhole: true }),
  );
}

/** Return the videos far from the others, with the reasons. */
function oddPart(data, open) {
  const odd = data.stands_out ?? [];
  if (!odd.length) return null;
  const one = ({ video, reasons }) =>
    make(
      "li",
      {},
      make("button", { type: "button", class: "open", click: () => open(video) }, nameOf(video)),
      " ",
      make(
        "span",
        {},
        reasons.map((reason, at) => [at ? "; " : "", nameOf(reason)]),
      ),
    );
  const list = make("ul", { class: "odd" }, odd.map(one));
  return make(
    "div",
    {},
    make("h3", {}, "What stands out"),
    make("p", { class: "quiet" }, `${countOf(odd.length, "videos")} far from the others of their day.`),
    odd.length > 12 ? scrolling("What stands out", list) : list,
    copyButton(
      "Copy the names",
      () => odd.map(({ video }) => safeCell(video)).join("\n") + "\n",
      `${countOf(odd.length, "names")} copied.`,
      { "aria-label": "Copy the names of what stands out" },
    ),
  );
}

function heatPart(data) {
  const maps = data.heat ?? [];
  if (!maps.length) return null;
  const later = maps.slice(MAPS_AT_FIRST);
  const rest = make(
    "details",
    {
      toggle: () => {
        if (rest.open && rest.children.length === 1) rest.append(make("div", { class: "maps" }, later.map(heatMap)));
      },
    },
    make("summary", {}, `${countOf(later.length, "days")} more`),
  );
  return make(
    "div",
    {},
    make("h3", {}, "Where animals were"),
    make("p", { class: "quiet" }, "Each day over the frame; the brighter, the more often an animal was there."),
    make("div", { class: "maps" }, maps.slice(0, MAPS_AT_FIRST).map(heatMap)),
    later.length ? rest : null,
  );
}
