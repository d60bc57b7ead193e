// Charts, by Observable Plot. Each has the same as a table, for screen readers and for those who want the numbers.

const LONG_NAME = 22;
const MOST_GROUPS = 24; // more scroll by themselves

/** Return a name that fits beside an axis. */
const short = (text) => (shown(text).length > LONG_NAME ? shown(text).slice(0, LONG_NAME - 1) + "\u2026" : shown(text));

const SPREAD = [
  ["median", "median", true],
  ["middle half from", "q1", true],
  ["to", "q3", true],
  ["smallest", "low", true],
  ["largest", "high", true],
];

/** Return boxes of a number by group: {group, n, low, q1, median, q3, high}; the median is a line, half of all are in the box. */
function boxes(groups, { title, unit, what, count, isWhole = false }) {
  const label = unit ? `${shown(title)} (${shown(unit)})` : shown(title);
  const place = make("div", { class: "chart" });
  const draw = () => place.replaceChildren(plotBoxes(groups, label, place.clientWidth || 640, isWhole));
  drawAtWidth(place, draw);
  const longest = groups.length > MOST_GROUPS ? scrolling(`Chart of ${label} by ${what}`, place) : place;
  return make(
    "figure",
    {},
    longest,
    make(
      "figcaption",
      { class: "quiet" },
      "The line is the median; half of the values lie in the box, all of them on the thin line.",
    ),
    folded(
      "The same as a table",
      scrolling(
        `Table of ${label} by ${what}`,
        smallTable(`${label} by ${what}`, [[what, "group"], [count, "n", true], ...SPREAD], groups),
      ),
    ),
  );
}

/** Return the smallest and the largest number of an axis; where all values are the same, some room around it. */
function domainOf(groups) {
  const [low, high] = [Math.min(...groups.map((told) => told.low)), Math.max(...groups.map((told) => told.high))];
  const room = low === high ? Math.abs(low) / 2 || 1 : 0;
  return [low - room, high + room];
}

function plotBoxes(groups, label, width, isWhole) {
  const Plot = window.Plot;
  const domain = domainOf(groups);
  const ticks = d3.ticks(...domain, Math.max(3, Math.round(width / 110)));
  const longest = Math.max(4, ...groups.map((told) => short(told.group).length));
  const made = Plot.plot({
    width,
    height: groups.length * 26 + 64,
    marginLeft: Math.min(longest * 7.2 + 16, width * 0.4),
    marginTop: 8,
    marginBottom: 44,
    marginRight: 20,
    style: { background: "none", fontFamily: "inherit", fontSize: "13px", overflow: "visible" },
    x: {
      label,
      grid: true,
      domain,
      ticks: isWhole ? ticks.filter(Number.isInteger) : ticks,
      tickFormat: numberText,
      labelArrow: "none",
      labelAnchor: "center",
    },
    y: { type: "band", domain: groups.map((told) => told.group), label: null, tickFormat: short, tickSize: 0 },
    marks: [
      Plot.ruleY(groups, { y: "group", x1: "low", x2: "high", stroke: "var(--quiet)" }),
      Plot.barX(groups, {
        y: "group",
        x1: "q1",
        x2: "q3",
        fill: "var(--box)",
        stroke: "var(--accent)",
        insetTop: 5,
        insetBottom: 5,
      }),
      Plot.tickX(groups, {
        y: "group",
        x: "median",
        stroke: "var(--accent)",
        strokeWidth: 2.5,
        insetTop: 3,
        insetBottom: 3,
      }),
    ],
  });
  made.setAttribute("role", "img");
  made.setAttribute(
    "aria-label",
    `${label}: ${groups
      .slice(0, 6)
      .map((told) => `${short(told.group)}, median ${numberText(told.median)}`)
      .join("; ")}. The table below has all.`,
  );
  for (const inside of made.querySelectorAll("[aria-label]")) inside.removeAttribute("aria-label"); // the whole has one
  return made;
}

/** Draw as soon as the place has a width, and again when it changes. */
function drawAtWidth(place, draw) {
  let width = 0;
  const redraw = () => {
    if (place.clientWidth && place.clientWidth !== width) {
      width = place.clientWidth;
      draw();
    }
  };
  new ResizeObserver(redraw).observe(place);
}

/** Return a heat map of a day: where animals were, over the frame. */
function heatMap(told) {
  const canvas = make("canvas", {
    width: told.columns,
    height: told.rows,
    role: "img",
    "aria-label": heatText(told),
    class: "heat",
  });
  if (told.width && told.height) canvas.style.aspectRatio = `${told.width} / ${told.height}`;
  const context = canvas.getContext("2d");
  const image = context.createImageData(told.columns, told.rows);
  const most = Math.max(1, ...told.counts);
  told.counts.forEach((count, at) => {
    const { r, g, b } = d3.rgb(d3.interpolateCividis(Math.sqrt(count / most)));
    image.data.set([r, g, b, 255], at * 4);
  });
  context.putImageData(image, 0, 0);
  return make(
    "figure",
    { class: "heat" },
    canvas,
    make("figcaption", {}, nameOf(told.day), make("span", { class: "quiet" }, ": ", heatVideos(told), heatText(told))),
  );
}

/** Say how many videos a heat map adds up, and how many it leaves out, whose frames have another size. */
function heatVideos({ videos, left_out: left }) {
  if (!videos) return "";
  return left
    ? `${countOf(videos, "videos")}, ${plain.format(left)} of another size left out. `
    : `${countOf(videos, "videos")}. `;
}

/** Return a heat map in words: how much lies at the rim, and where the most is. */
function heatText(told) {
  const all = told.counts.reduce((sum, count) => sum + count, 0);
  if (!all) return "No animal was seen.";
  const isRim = (at) => {
    const [row, column] = [Math.floor(at / told.columns), at % told.columns];
    const near = (place, size) => Math.min(place, size - 1 - place) < size * 0.1;
    return near(row, told.rows) || near(column, told.columns);
  };
  const rim = told.counts.reduce((sum, count, at) => sum + (isRim(at) ? count : 0), 0);
  const top = told.counts.indexOf(Math.max(...told.counts));
  const third = (place, size, words) => words[Math.min(2, Math.floor((place / size) * 3))];
  const where = [
    third(Math.floor(top / told.columns), told.rows, ["upper", "middle", "lower"]),
    third(top % told.columns, told.columns, ["left", "middle", "right"]),
  ];
  const place = where[0] === where[1] ? "middle" : where.join(" ");
  return `${Math.round((100 * rim) / all)} % at the rim (its outer tenth), most in the ${place}.`;
}
