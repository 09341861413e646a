/** OpenAI's error body, for the endpoints beside chat. */
export function openaiError(status: number, message: string): string {
  const type =
    status === 401 ? "authentication_error" : status < 500 ? "invalid_request_error" : "server_error";
  return JSON.stringify({ error: { message, type, param: null, code: null } });
}

export const FAILURE = openaiError(500, "The simulated server had an error while processing your request.");
