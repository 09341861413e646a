import { CodeBlock } from "@/app/_ui/code-block";
import { EVENT_TYPES, type EventType } from "@/server/events/catalog";

/** Every event with an anchor of its name and a sample, made from the list that the server writes events by. */
export function EventReference() {
  return (
    <div className="mt-8 divide-y divide-line border-line border-y">
      {(Object.keys(EVENT_TYPES) as EventType[]).map((type) => (
        <section key={type} id={type} aria-labelledby={`${type}-name`} className="min-w-0 py-6">
          <h3 id={`${type}-name`} className="font-mono font-semibold text-[0.9375rem] tracking-normal">
            <a href={`#${type}`} className="break-all underline-offset-4 hover:underline">
              {type}
            </a>
          </h3>
          <p className="mt-2 leading-7">{EVENT_TYPES[type].summary}</p>
          <CodeBlock
            className="mt-3"
            title={`data of ${type}`}
            language="json"
            code={JSON.stringify(EVENT_TYPES[type].sample, null, 2)}
          />
        </section>
      ))}
    </div>
  );
}
