import { ImageResponse } from "next/og";
import type { Subject } from "./subject";

const SIZE = { width: 1200, height: 630 };
const GROUND = "#0c0d0f";
const INK = "#f1f2f4";
const SUPPORT = "#a9adb6";
const ACCENT = "#86a8ff";
const LONG_TITLE = 40;

/** The picture that other sites show beside a link. Inline styles: the renderer knows no classes. */
export function drawCard({ section, title, facts }: Subject): ImageResponse {
  return new ImageResponse(
    <div
      style={{
        display: "flex",
        flexDirection: "column",
        justifyContent: "space-between",
        width: "100%",
        height: "100%",
        padding: 72,
        background: GROUND,
        color: INK,
      }}
    >
      <div style={{ display: "flex", alignItems: "center", justifyContent: "space-between", fontSize: 30 }}>
        <div style={{ display: "flex", alignItems: "center", gap: 20 }}>
          <div style={{ display: "flex", width: 44, height: 44, borderRadius: 12, background: ACCENT }} />
          DeepTokenInference
        </div>
        <div style={{ display: "flex", color: SUPPORT }}>{section}</div>
      </div>
      <div
        style={{
          display: "flex",
          fontSize: title.length > LONG_TITLE ? 68 : 84,
          lineHeight: 1.12,
          letterSpacing: -2,
          maxWidth: 1000,
        }}
      >
        {title}
      </div>
      <div style={{ display: "flex", gap: 36, minHeight: 40, fontSize: 30, color: ACCENT }}>
        {facts.map((fact) => (
          <div key={fact} style={{ display: "flex" }}>
            {fact}
          </div>
        ))}
      </div>
    </div>,
    SIZE,
  );
}
