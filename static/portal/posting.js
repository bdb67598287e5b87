/* Posting without htmx: with the token that base.html gives to htmx. */
const token = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];

export const headers = () => ({ "X-CSRFToken": token(), "HX-Request": "true" });

/** Post fields of a form, and return the response. */
export const post = (path, fields) =>
  fetch(path, { method: "POST", body: new URLSearchParams(fields), headers: headers() });
