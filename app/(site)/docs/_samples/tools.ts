import { aiSdk, curl, node, python, type SampleSet } from "./sample-set";

const PY_TOOLS = `tools = [{
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}]
messages = [{"role": "user", "content": "How is the weather in Lisbon?"}]`;

const JS_TOOLS = `const tools = [{
  type: "function",
  function: {
    name: "weather",
    description: "The weather in a city.",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
    },
  },
}];
const messages = [{ role: "user", content: "How is the weather in Lisbon?" }];`;

export const TOOLS: SampleSet = {
  label: "A tool call and its result",
  samples: [
    curl(`curl BASE_URL/chat/completions \\
  -H "Authorization: Bearer $DEEPTOKEN_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "anthropic/claude-haiku-4.5",
    "messages": [{"role": "user", "content": "How is the weather in Lisbon?"}],
    "tools": [{
      "type": "function",
      "function": {
        "name": "weather",
        "description": "The weather in a city.",
        "parameters": {
          "type": "object",
          "properties": {"city": {"type": "string"}},
          "required": ["city"]
        }
      }
    }]
  }'`),
    python(`${PY_TOOLS}

first = client.chat.completions.create(
    model="anthropic/claude-haiku-4.5", messages=messages, tools=tools, tool_choice="required"
)
message = first.choices[0].message
messages.append(message)
for call in message.tool_calls or []:
    print(call.function.name, call.function.arguments)
    messages.append({"role": "tool", "tool_call_id": call.id, "content": "22 °C and clear"})

second = client.chat.completions.create(
    model="anthropic/claude-haiku-4.5", messages=messages, tools=tools
)
print(second.choices[0].message.content)`),
    node(`${JS_TOOLS}

const first = await client.chat.completions.create({
  model: "anthropic/claude-haiku-4.5",
  messages,
  tools,
  tool_choice: "required",
});
const { message } = first.choices[0];
messages.push(message);
for (const call of message.tool_calls ?? []) {
  console.log(call.function.name, call.function.arguments);
  messages.push({ role: "tool", tool_call_id: call.id, content: "22 °C and clear" });
}

const second = await client.chat.completions.create({
  model: "anthropic/claude-haiku-4.5",
  messages,
  tools,
});
console.log(second.choices[0].message.content);`),
    aiSdk(
      `const { text, steps } = await generateText({
  model: deeptoken("anthropic/claude-haiku-4.5"),
  prompt: "How is the weather in Lisbon?",
  tools: {
    weather: tool({
      description: "The weather in a city.",
      inputSchema: jsonSchema({
        type: "object",
        properties: { city: { type: "string" } },
        required: ["city"],
      }),
      execute: async ({ city }) => \`22 °C and clear in \${city}\`,
    }),
  },
  stopWhen: stepCountIs(3),
});
console.log(steps.length, text);`,
      "generateText, jsonSchema, stepCountIs, tool",
    ),
  ],
};
