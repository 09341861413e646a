import { invalid, isObject, type Json, unsupported } from "../fields";
import type { Tool, ToolChoice } from "../model";
import { nestedText } from "./nested";

/**
 * Tools that an endpoint of OpenAI's Responses API may be sent: those that the client runs itself, those without a fee,
 * and web search, whose fee has a unit of its own (`search`). Dated names (`web_search_2025_08_26`) count as their stem.
 */
const PASSED_ON = new Set([
  "function",
  "custom",
  "namespace",
  "tool_search",
  "web_search",
  "web_search_preview",
  "computer",
  "computer_use_preview",
  "local_shell",
  "shell",
  "apply_patch",
  "mcp",
]);
/** Tools that work on files and containers of the provider's account, which is ours and not the client's, or whose fee has no unit. */
const NEVER_OFFERED = new Set(["file_search", "code_interpreter", "image_generation"]);

const stemOf = (type: string) => type.replace(/_\d{4}_\d{2}_\d{2}$/, "");

/** @throws AppError invalid_request, unsupported_parameter (names the tool) */
export function checkTools(tools: readonly unknown[]): void {
  tools.forEach((tool, index) => {
    const path = `tools[${index}]`;
    if (!isObject(tool) || typeof tool.type !== "string") throw invalid(`${path}.type`, "must be a string");
    const stem = stemOf(tool.type);
    if (stem === "function" && (typeof tool.name !== "string" || tool.name === ""))
      throw invalid(`${path}.name`, "must be the name of the function");
    if (NEVER_OFFERED.has(stem) || runsInContainer(tool)) {
      throw unsupported(
        `${path}.type`,
        `the tool ${JSON.stringify(tool.type)} works in an account of the provider, which is ours and not yours`,
      );
    }
    if (!PASSED_ON.has(stem))
      throw unsupported(`${path}.type`, `there is no tool ${JSON.stringify(tool.type)}`);
  });
}

/** A shell is the client's own unless the request asks for one of the provider's containers. */
function runsInContainer({ type, environment }: Json): boolean {
  return type === "shell" && isObject(environment) && environment.type !== "local";
}

/** Does it ask for web searches, which the provider bills by the call? */
export function asksForSearch(tools: readonly unknown[]): boolean {
  return tools.some(
    (tool) => isObject(tool) && typeof tool.type === "string" && /^web_search/.test(tool.type),
  );
}

/** The tools in no protocol's words. @throws AppError unsupported_parameter for those that only OpenAI's API knows */
export function toTools(tools: readonly unknown[]): Tool[] {
  return tools.filter(isObject).map((tool, index) => {
    if (tool.type !== "function") throw onlyAtOpenai(`tools[${index}].type`, `the tool ${name(tool)}`);
    return {
      name: String(tool.name),
      description: nestedText(tool, "description", `tools[${index}]`),
      parameters: isObject(tool.parameters) ? tool.parameters : { type: "object", properties: {} },
      // Left out means strict in this protocol, and in no other one.
      strict: typeof tool.strict === "boolean" ? tool.strict : null,
    };
  });
}

/** @throws AppError invalid_request, unsupported_parameter */
export function toToolChoice(choice: unknown): ToolChoice | null {
  if (choice === undefined || choice === null) return null;
  if (choice === "auto" || choice === "none" || choice === "required") return { kind: choice };
  if (!isObject(choice)) throw invalid("tool_choice", "must be auto, none, required or an object");
  if (choice.type !== "function") throw onlyAtOpenai("tool_choice", `the choice ${name(choice)}`);
  if (typeof choice.name !== "string") throw invalid("tool_choice.name", "must be the name of a function");
  return { kind: "tool", name: choice.name };
}

/** What is fine in itself, and that no endpoint of the model's other protocols can do. */
export function onlyAtOpenai(param: string, what: string): ReturnType<typeof unsupported> {
  return unsupported(
    param,
    `only OpenAI's Responses API knows ${what}, and this model's provider speaks another protocol`,
  );
}

const name = ({ type }: Json) => JSON.stringify(type);
