// Read the data, and write each part.

/** Say in a line what went wrong, so that nobody takes an empty page for an empty project. */
function tellTrouble(text) {
  const place = byId("trouble");
  place.textContent = text;
  place.hidden = false;
}

/** Write a part; one that fails is named, and the others are written. */
function write(title, show) {
  try {
    return show();
  } catch (problem) {
    tellTrouble(
      `The part "${title}" could not be shown: ${problem.message}. What it shows stands in Results/joined/ and in ./rt status.`,
    );
    return null;
  }
}

/** Write the whole page. */
function showPage(data) {
  const videos = new Videos(data);
  const words = new Words(videos, data.project);
  const files = new FilesBeside(data, videos);
  thumbOf.files = files;
  showHead(data.project);
  write("Where it stands", () => showStanding(data));
  write("What failed", () => showFailures(data.failures));
  const part = write("The videos", () => new VideosPart(data, videos, words, files));
  const open = (video) => {
    const row = videos.rowOf.get(video);
    if (part && row !== undefined) part.one.open(row);
  };
  write("The results", () => showResults(data, open));
  write("The machine", () => showMachine(data.machine, open));
  write("How it was made", () => showMethods(data));
  if (!part) return;
  (window.requestIdleCallback ?? setTimeout)(() => part.prepare());
  files.lookForSprites(() => part.showThumbs());
  addEventListener("beforeprint", () => part.print());
  addEventListener("afterprint", () => part.afterPrint());
}

async function start() {
  if (typeof DecompressionStream === "undefined") {
    return tellTrouble(
      "This browser is too old for the page: it needs Chrome or Edge 103, Firefox 113, Safari 16.4, or a newer one.",
    );
  }
  try {
    const data = await unpack(byId("data").textContent);
    if (data.format !== FORMAT) throw new Error(`it is of format ${data.format}, this page reads ${FORMAT}`);
    showPage(data);
  } catch (problem) {
    tellTrouble(`The data of this page cannot be read: ${problem.message}. Type ./rt report to make it anew.`);
  }
  document.documentElement.dataset.ready = "yes";
  return null;
}

start();
