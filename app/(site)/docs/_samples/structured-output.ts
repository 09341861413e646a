import { aiSdk, curl, node, python, type SampleSet } from "./sample-set";

export const STRUCTURED_OUTPUT: SampleSet = {
  label: "An answer that follows a JSON schema",
  samples: [
    curl(`curl BASE_URL/chat/completions \\
  -H "Authorization: Bearer $DEEPTOKEN_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "openai/gpt-4.1-mini",
    "messages": [{"role": "user", "content": "Which river runs through Lisbon?"}],
    "response_format": {
      "type": "json_schema",
      "json_schema": {
        "name": "river",
        "strict": true,
        "schema": {
          "type": "object",
          "properties": {"answer": {"type": "string"}},
          "required": ["answer"],
          "additionalProperties": false
        }
      }
    }
  }'`),
    python(`import json

completion = client.chat.completions.create(
    model="openai/gpt-4.1-mini",
    messages=[{"role": "user", "content": "Which river runs through Lisbon?"}],
    response_format={
        "type": "json_schema",
        "json_schema": {
            "name": "river",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {"answer": {"type": "string"}},
                "required": ["answer"],
                "additionalProperties": False,
            },
        },
    },
)
print(json.loads(completion.choices[0].message.content)["answer"])`),
    node(`const completion = await client.chat.completions.create({
  model: "openai/gpt-4.1-mini",
  messages: [{ role: "user", content: "Which river runs through Lisbon?" }],
  response_format: {
    type: "json_schema",
    json_schema: {
      name: "river",
      strict: true,
      schema: {
        type: "object",
        properties: { answer: { type: "string" } },
        required: ["answer"],
        additionalProperties: false,
      },
    },
  },
});
console.log(JSON.parse(completion.choices[0].message.content).answer);`),
    aiSdk(
      `const { object } = await generateObject({
  model: deeptoken("openai/gpt-4.1-mini"),
  prompt: "Which river runs through Lisbon?",
  schema: jsonSchema({
    type: "object",
    properties: { answer: { type: "string" } },
    required: ["answer"],
    additionalProperties: false,
  }),
});
console.log(object.answer);`,
      "generateObject, jsonSchema",
    ),
  ],
};
