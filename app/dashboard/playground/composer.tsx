"use client";

import { X } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Field } from "@/app/_ui/field";
import { IconButton } from "@/app/_ui/icon-button";
import { Textarea } from "@/app/_ui/textarea";

const IMAGE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
/** A request may have 4 MB, and base64 makes four bytes of three. */
const MAX_IMAGES_BYTES = 2_700_000;

interface ComposerProps {
  /** Can every model side by side read images? */
  readonly readsImages: boolean;
  readonly isRunning: boolean;
  readonly isBlocked: boolean;
  readonly onSend: (message: { readonly text: string; readonly images: readonly string[] }) => void;
  readonly onStop: () => void;
}

/** The message that goes to every model. Enter sends, with Shift it begins a new line. */
export function Composer({ readsImages, isRunning, isBlocked, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState("");
  const [images, setImages] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const canSend = text.trim() !== "" && !isRunning && !isBlocked;
  const send = () => {
    if (!canSend) return;
    onSend({ text: text.trim(), images: readsImages ? images : [] });
    setText("");
    setImages([]);
  };
  const attach = async (files: readonly File[]) => {
    const problemWith = problemOf(files, images);
    setProblem(problemWith);
    if (problemWith === null) setImages([...images, ...(await Promise.all(files.map(toDataUrl)))]);
  };
  return (
    <Card className="grid gap-3 p-4">
      <Field label="Message" error={problem ?? undefined}>
        <Textarea
          rows={3}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send();
          }}
          placeholder="Ask something. Enter sends, Shift and Enter begins a new line."
        />
      </Field>
      {readsImages && images.length > 0 && (
        <ul className="flex flex-wrap gap-2" aria-label="Images to send">
          {images.map((image, index) => (
            <li key={image.slice(-64)} className="flex items-start">
              {/* biome-ignore lint/performance/noImgElement: a data URL that the person chose has nothing to optimise */}
              <img src={image} alt={`To send, number ${index + 1}`} className="h-16 rounded-md" />
              <IconButton
                label={`Remove image ${index + 1}`}
                icon={<X aria-hidden="true" />}
                onClick={() => setImages(images.filter((other) => other !== image))}
              />
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap items-center justify-between gap-2">
        {readsImages ? <Attach onFiles={(files) => void attach(files)} /> : <span />}
        {isRunning ? (
          <Button variant="secondary" onClick={onStop}>
            Stop
          </Button>
        ) : (
          <Button onClick={send} disabled={!canSend}>
            Send
          </Button>
        )}
      </div>
    </Card>
  );
}

function Attach({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={IMAGE_TYPES.join(",")}
        multiple
        tabIndex={-1}
        aria-hidden="true"
        className="hidden"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
      <Button variant="ghost" onClick={() => input.current?.click()}>
        Attach images
      </Button>
    </>
  );
}

function problemOf(files: readonly File[], images: readonly string[]): string | null {
  if (files.some(({ type }) => !IMAGE_TYPES.includes(type)))
    return "PNG, JPEG, WebP and GIF can be attached.";
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const known = images.reduce((sum, { length }) => sum + length * 0.75, 0);
  return bytes + known > MAX_IMAGES_BYTES ? "The images of one message may have 2.7 MB together." : null;
}

function toDataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
