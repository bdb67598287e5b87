/* Files come into the box: picked, dropped or pasted. A long text that is pasted becomes one, too. */
import { at, setAlert } from "../../portal/dom.js";
import { fill, gettext, language } from "../../portal/words.js";
import { box, isTemporary, messages, model } from "../state.js";
import { changed, list, unseen } from "./chips.js";
import { discard, fillChip, idsIn, upload } from "./requests.js";

const LONG = 2000; // characters that are pasted
const PASTED = gettext("Pasted text.txt");
const TEXTS = "text/*,application/pdf,.docx,.csv,.tsv,.md,.json,.xml,.yaml,.yml,.toml,.ini,.log,.sql,.tex";
const CODE = ".py,.js,.ts,.java,.c,.h,.cpp,.cs,.go,.rs,.rb,.php,.sh,.r,.css,.html";
const PICTURES = "image/png,image/jpeg,image/webp,image/gif";
const pick = at("pick");
const ONE_DIGIT = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
const megabytes = (bytes) => `${(bytes / 1024 / 1024).toLocaleString(language, ONE_DIGIT)} MB`;
let queue = Promise.resolve();

/** Attach files, one after the other. Each that cannot be is named, with the reason. */
function attach(files) {
  const problems = [];
  for (const file of files) {
    const problem = refusal(file);
    if (problem) problems.push(problem);
    else queueUpload(file);
  }
  setAlert([...new Set(problems)].join(" "));
  box.focus();
}

function refusal(file) {
  const { max, most } = pick.dataset;
  const { name, size } = file;
  if (list.children.length >= Number(most)) {
    return fill(gettext("A question may have {most} files. “{name}” is not attached."), { most, name });
  }
  if (size > Number(max)) {
    const text = gettext("“{name}” has {size}; a file may have {limit}. Attach a part of it.");
    return fill(text, { name, size: megabytes(size), limit: megabytes(max) });
  }
  return file.type.startsWith("image/") && file.type !== "image/svg+xml" ? unseen() : "";
}

/** Show a chip while a file is read. `failed` gets the sentence of an error. */
function queueUpload(file, pasted = false, failed = report) {
  const chip = placeholder(file.name);
  const leaving = new AbortController();
  chip.addEventListener("removed", () => leaving.abort(), { once: true });
  list.append(chip);
  changed();
  queue = queue.then(async () => {
    if (leaving.signal.aborted) return;
    try {
      const item = await upload(file, pasted, leaving.signal);
      if (leaving.signal.aborted) return void discard([item.dataset.id]);
      fillChip(chip, item);
    } catch (error) {
      chip.remove();
      if (!leaving.signal.aborted) failed(error instanceof TypeError ? offline(file.name) : error.message);
    }
    changed();
  });
}

const offline = (name) =>
  fill(gettext("“{name}” is not attached: there is no connection to the portal. Try again."), { name });

function report(sentence) {
  setAlert([at("alert").textContent, sentence].filter(Boolean).join(" "));
}

function placeholder(name) {
  const chip = Object.assign(document.createElement("li"), { className: "file" });
  const title = Object.assign(document.createElement("span"), { className: "name" });
  title.append(Object.assign(document.createElement("bdi"), { textContent: name }));
  const facts = Object.assign(document.createElement("small"), { textContent: gettext("Reading…") });
  const remove = Object.assign(document.createElement("button"), {
    type: "button",
    className: "remove",
    textContent: "×",
  });
  remove.dataset.file = "remove";
  remove.setAttribute("aria-label", fill(gettext("Remove {name}"), { name }));
  chip.setAttribute("aria-busy", "true");
  chip.append(title, facts, remove);
  return chip;
}

/** Put text into the box where the cursor is, as if it had been typed. */
export function insert(text) {
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input"));
}

box.addEventListener("paste", (event) => {
  const { files } = event.clipboardData;
  const text = event.clipboardData.getData("text/plain");
  if (files.length && !text) {
    event.preventDefault(); // programs copy a picture of their text beside it: the text is meant
    attach(files);
  } else if (text.length > LONG && list.children.length < Number(pick.dataset.most)) {
    event.preventDefault();
    queueUpload(new File([text], PASTED, { type: "text/plain" }), true, (sentence) => {
      insert(text);
      setAlert(`${sentence} ${gettext("The text is in the box.")}`);
    });
  }
});

at("attach").addEventListener("click", () => pick.click());
pick.addEventListener("change", () => {
  attach(pick.files);
  pick.value = ""; // the same file can be picked again
});

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
const talk = at("talk");

document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault(); // else the browser opens the file
  talk.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) talk.classList.remove("dropping");
});
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  talk.classList.remove("dropping");
  attach(event.dataTransfer.files);
});

function offer() {
  pick.accept = [TEXTS, CODE, model.sees ? PICTURES : ""].filter(Boolean).join(",");
}

document.addEventListener("model", offer);
offer();

// A temporary conversation ends with its page, and its files with it.
if (isTemporary) addEventListener("pagehide", () => discard([...idsIn(list), ...idsIn(messages)]));
