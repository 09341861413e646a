/** The management REST API: a second thin face over the functions that the dashboard calls. */
export { createManagement, type Management } from "./management";
