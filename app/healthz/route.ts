/** Is the process alive? Says nothing about what it depends on: that is /readyz. */
export const GET = () => Response.json({ status: "ok" });
