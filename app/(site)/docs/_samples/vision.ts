import { curl, node, python, type SampleSet } from "./sample-set";

/** A picture of one pixel, so that the sample is complete as it stands. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export const VISION: SampleSet = {
  label: "A question about a picture",
  samples: [
    curl(`curl BASE_URL/chat/completions \\
  -H "Authorization: Bearer $DEEPTOKEN_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "openai/gpt-4.1-mini",
    "messages": [{
      "role": "user",
      "content": [
        {"type": "text", "text": "What is in this picture?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,${PIXEL}"}}
      ]
    }]
  }'`),
    python(`picture = "${PIXEL}"
completion = client.chat.completions.create(
    model="openai/gpt-4.1-mini",
    messages=[{
        "role": "user",
        "content": [
            {"type": "text", "text": "What is in this picture?"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}},
        ],
    }],
)
print(completion.choices[0].message.content)`),
    node(`const picture = "${PIXEL}";
const completion = await client.chat.completions.create({
  model: "openai/gpt-4.1-mini",
  messages: [{
    role: "user",
    content: [
      { type: "text", text: "What is in this picture?" },
      { type: "image_url", image_url: { url: \`data:image/png;base64,\${picture}\` } },
    ],
  }],
});
console.log(completion.choices[0].message.content);`),
  ],
};
