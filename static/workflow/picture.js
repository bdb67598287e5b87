/*
 * The chart of the last run, saved as a picture: PNG or SVG, with its title, in light colours on white.
 *
 * A picture has no style sheet, so that what the page's says of each shape is written into it.
 */
import { at, setAlert } from "../portal/dom.js";
import { saveAs } from "../portal/saving.js";
import { gettext } from "../portal/words.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const STYLES = ["fill", "stroke", "stroke-width"];
const SPACE = 20; // around the chart
const LINE = 22; // height of a line of the title
const TITLE_FONT = { "font-size": 16, "font-weight": 600 };
const SCALE = 2; // pixels of a PNG for one of the chart

const chart = () => at("rows").querySelector(".chart");

export function saveSvg() {
  saveAs(new Blob([drawing().text], { type: "image/svg+xml" }), "chart.svg");
}

export async function savePng() {
  try {
    saveAs(await painted(drawing()), "chart.png");
  } catch {
    setAlert(gettext("The picture could not be made. Save it as SVG."));
  }
}

/** Return the picture as the text of an SVG, with its width and height. */
function drawing() {
  const shown = chart().querySelector("svg");
  const { width, height } = shown.viewBox.baseVal;
  const family = getComputedStyle(shown).fontFamily;
  const title = linesOf(chart().querySelector("figcaption").textContent, width, family);
  const top = SPACE + LINE * title.length;
  const size = { width: width + 2 * SPACE, height: top + height + SPACE };
  const picture = element("svg", { ...size, viewBox: `0 0 ${size.width} ${size.height}`, "font-family": family });
  picture.append(element("rect", { width: "100%", height: "100%", fill: "#fff" }));
  title.forEach((line, at) => {
    const place = { x: SPACE, y: SPACE + LINE * (at + 0.5), fill: "#000", ...TITLE_FONT };
    picture.append(element("text", place, line));
  });
  picture.append(withStyles(shown, { x: SPACE, y: top, width, height }));
  return { ...size, text: new XMLSerializer().serializeToString(picture) };
}

/** Return a copy of the chart whose shapes have the style that they have on a light page. */
function withStyles(shown, place) {
  const copy = shown.cloneNode(true);
  const copies = [...copy.querySelectorAll("*")];
  shown.style.colorScheme = "light";
  [...shown.querySelectorAll("*")].forEach((shape, at) => {
    const style = getComputedStyle(shape);
    for (const name of STYLES) copies[at].setAttribute(name, style.getPropertyValue(name));
  });
  shown.style.colorScheme = "";
  setAttributes(copy, place);
  return copy;
}

/** Break a title into lines that are no wider than the chart. */
function linesOf(text, width, family) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${TITLE_FONT["font-weight"]} ${TITLE_FONT["font-size"]}px ${family}`;
  const lines = [""];
  for (const word of text.trim().split(/\s+/)) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (lines.at(-1) && pen.measureText(longer).width > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

async function painted({ text, width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: width * SCALE, height: height * SCALE });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function element(name, attributes, text = "") {
  const made = document.createElementNS(NAMESPACE, name);
  made.textContent = text;
  setAttributes(made, attributes);
  return made;
}

function setAttributes(target, attributes) {
  for (const [name, value] of Object.entries(attributes)) target.setAttribute(name, value);
}
