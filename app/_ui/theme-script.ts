export const THEME_KEY = "theme";

/**
 * Runs before the first paint, so that nobody sees the wrong theme. The text is a constant: a content security policy
 * can name its hash.
 */
export const THEME_SCRIPT = `(function(){var d=document.documentElement,m=matchMedia("(prefers-color-scheme: dark)");function set(){var t=null;try{t=localStorage.getItem("${THEME_KEY}")}catch(e){}d.dataset.theme=t==="light"||t==="dark"?t:m.matches?"dark":"light"}set();m.addEventListener("change",set);addEventListener("storage",set);addEventListener("remembered-changed",set)})()`;
