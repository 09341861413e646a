import { CodeBlock } from "@/app/_ui/code-block";
import { NODE_RECEIVER, PYTHON_VERIFY } from "./webhook-samples";

export function WebhookCode() {
  return (
    <>
      <CodeBlock
        className="my-6"
        title="Node, with the standardwebhooks package"
        language="typescript"
        code={NODE_RECEIVER}
      />
      <CodeBlock className="my-6" title="Python, by hand" language="python" code={PYTHON_VERIFY} />
    </>
  );
}
