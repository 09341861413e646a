import { curl, node, python, type SampleSet } from "./sample-set";

export const REASONING: SampleSet = {
  label: "A model that thinks first",
  samples: [
    curl(`curl BASE_URL/chat/completions \\
  -H "Authorization: Bearer $DEEPTOKEN_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "anthropic/claude-sonnet-4.6",
    "messages": [{"role": "user", "content": "Is 7919 prime?"}],
    "reasoning_effort": "low",
    "max_tokens": 8000
  }'`),
    python(`completion = client.chat.completions.create(
    model="anthropic/claude-sonnet-4.6",
    messages=[{"role": "user", "content": "Is 7919 prime?"}],
    reasoning_effort="low",
    max_tokens=8000,
)
message = completion.choices[0].message
print("thought:", getattr(message, "reasoning_content", None))
print("answer:", message.content)
print("reasoning tokens:", completion.usage.completion_tokens_details.reasoning_tokens)`),
    node(`const completion = await client.chat.completions.create({
  model: "anthropic/claude-sonnet-4.6",
  messages: [{ role: "user", content: "Is 7919 prime?" }],
  reasoning_effort: "low",
  max_tokens: 8000,
});
const { message } = completion.choices[0];
console.log("thought:", message.reasoning_content);
console.log("answer:", message.content);
console.log("reasoning tokens:", completion.usage.completion_tokens_details?.reasoning_tokens);`),
  ],
};
