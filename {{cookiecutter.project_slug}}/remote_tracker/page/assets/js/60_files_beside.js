// What lies in report/, beside the page: pictures, thumbnails, stories and logs. Mailed alone, the page says so.

const ALONE = "The pictures and stories lie in report/, beside the page this one was mailed from.";

/** The files beside the page; each is asked for when a person first wants what is in it. */
class FilesBeside {
  constructor(data, videos) {
    this.videos = videos;
    this.sprites = data.sprites ?? {};
    this.dayFiles = data.day_files ?? {};
    this.days = new Map(); // day -> promise of {stories, logs}
    this.waiting = new Map(); // day -> what takes the packed text
    this.images = new Map(); // sprite's file -> whether it is there
    this.addresses = window.trustedTypes?.createPolicy("day-files", { createScriptURL: (file) => file }) ?? {
      createScriptURL: (file) => file,
    };
    window.remoteTracker = { day: (day, packed) => this.waiting.get(day)?.(packed) };
  }

  /** Return the stories and logs of a day; rejects where the files do not lie beside the page. */
  day(day) {
    if (!this.days.has(day)) this.days.set(day, this.load(day));
    return this.days.get(day);
  }

  load(day) {
    const file = this.dayFiles[day];
    if (!file) return Promise.resolve({ stories: {}, logs: {} });
    return new Promise((take, fail) => {
      this.waiting.set(day, (packed) => unpack(packed).then(take, fail));
      const script = make("script", {
        error: () => fail(new Error(ALONE)),
        load: () => setTimeout(() => fail(new Error(ALONE)), 10000),
      });
      script.src = this.addresses.createScriptURL(`${file}.js`);
      document.head.append(script);
    });
  }

  /** Return the address of a video's picture. */
  picture(row) {
    const parts = this.videos.names[row].split("/").map(encodeURIComponent);
    return `report/pictures/${parts.join("/")}.png`;
  }

  /** Look once whether each day's sprite is there; `tell` is called when there are some. */
  lookForSprites(tell) {
    const looked = Object.entries(this.sprites).map(
      ([day, sprite]) =>
        new Promise((take) => {
          const image = new Image();
          image.onload = () => {
            this.images.set(day, sprite);
            take(true);
          };
          image.onerror = () => take(false);
          image.src = sprite.file;
        }),
    );
    Promise.all(looked).then((found) => found.includes(true) && tell());
  }

  /** Return a video's thumbnail: {file, x, y, width, height, columns}, or null. */
  thumb(row) {
    const sprite = this.images.get(this.videos.text("day", row));
    const cell = sprite?.cells?.[row];
    if (cell === undefined || cell < 0) return null;
    return {
      ...sprite,
      x: (cell % sprite.columns) * sprite.width,
      y: Math.floor(cell / sprite.columns) * sprite.height,
    };
  }
}

const THUMB_HEIGHT = 40;

/** Return a small thumbnail for the table, or nothing; `thumbOf.files` is set when the page starts. */
function thumbOf(row) {
  if (!thumbOf.files?.images.size) return null;
  const thumb = thumbOf.files.thumb(row);
  const picture = make("span", { class: "thumb", "aria-hidden": "true" });
  if (!thumb) return picture;
  const scale = THUMB_HEIGHT / thumb.height;
  picture.style.backgroundImage = `url("${encodeURI(thumb.file).replaceAll('"', "%22")}")`;
  picture.style.backgroundSize = `${thumb.columns * thumb.width * scale}px auto`;
  picture.style.backgroundPosition = `${-thumb.x * scale}px ${-thumb.y * scale}px`;
  picture.style.width = `${thumb.width * scale}px`;
  return picture;
}
