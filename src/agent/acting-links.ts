// The links out of a project that its instructions and skills would be read through: found as those
// are, so that what a person trusts is what is followed then.
import type { Acting } from "@/config/acting";
import type { ProjectFiles } from "@/config/load";
import { fenceAt, NotingFence } from "@/config/links";
import { projectRoot } from "@/config/sources";
import {
  findConfiguredFiles,
  findProjectFiles,
  type InstructionPlace,
  isAddress,
} from "./instruction-files";
import { findSkillFiles, skillPlaces } from "./skill-files";

/** All of them; nothing is read of what they lead to. */
export async function findActingLinks(
  { directories, instructions, skills }: ProjectFiles,
  place: InstructionPlace,
): Promise<Acting[]> {
  const fence = new NotingFence(projectRoot(place));
  // The person's own places may hold much, and none of it is asked for.
  const isOwn = (entry: string) => entry.startsWith("~/") && !fenceAt(place.paths.home, fence);
  const entries = instructions.filter((entry) => !isAddress(entry) && !isOwn(entry));
  const places = skillPlaces(directories, skills, place).filter((path) => fenceAt(path, fence));
  await Promise.all([
    findProjectFiles(place, fence),
    ...entries.map((entry) => findConfiguredFiles(entry, place, fence)),
    ...places.map((path) => findSkillFiles(path, fence)),
  ]);
  return fence.noted;
}
