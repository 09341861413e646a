import type { Metadata } from "next";
import { pageMetadata } from "../../_data/page-metadata";
import { findPost } from "./posts";

/** Head of a post's page, from the one list. */
export function postMetadata(slug: string): Metadata {
  const { title, description, date } = findPost(slug);
  const head = pageMetadata({ path: `/blog/${slug}`, title, description });
  return { ...head, openGraph: { ...head.openGraph, type: "article", publishedTime: date } };
}
