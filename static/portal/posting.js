/* Posting without htmx: with the token that base.html gives to htmx. */
export const TOKEN_PLACE = "hx-headers:inherited"; // the attribute of the body

export const token = () => JSON.parse(document.body.getAttribute(TOKEN_PLACE))["X-CSRFToken"];

export const headers = () => ({ "X-CSRFToken": token(), "HX-Request": "true" });

/** Post fields of a form, and return the response. */
export const post = (path, fields) =>
  fetch(path, { method: "POST", body: new URLSearchParams(fields), headers: headers() });
