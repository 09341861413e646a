import { aiSdk, curl, node, python, type SampleSet } from "./sample-set";

export const STREAMING: SampleSet = {
  label: "A streamed answer",
  samples: [
    curl(`curl -N BASE_URL/chat/completions \\
  -H "Authorization: Bearer $DEEPTOKEN_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "openai/gpt-4.1-mini",
    "stream": true,
    "messages": [{"role": "user", "content": "Count to five."}]
  }'`),
    python(`stream = client.chat.completions.create(
    model="openai/gpt-4.1-mini",
    messages=[{"role": "user", "content": "Count to five."}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
    if chunk.usage:
        print("\\ncost in US dollars:", chunk.usage.model_extra["cost"])`),
    node(`const stream = await client.chat.completions.create({
  model: "openai/gpt-4.1-mini",
  messages: [{ role: "user", content: "Count to five." }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
  if (chunk.usage) console.log("\\ncost in US dollars:", chunk.usage.cost);
}`),
    aiSdk(
      `const { textStream } = streamText({
  model: deeptoken("openai/gpt-4.1-mini"),
  prompt: "Count to five.",
});
for await (const text of textStream) process.stdout.write(text);`,
      "streamText",
    ),
  ],
};
