// Run folders side by side: their learning curves, tables of all their episodes, and a summary.
#pragma once

#include <string>
#include <vector>

namespace mbrl {

// The run folders in a folder of them, in order (seed-2 before seed-10); none if it has none.
std::vector<std::string> runs_in(const std::string& folder);

// Whether some episode of the learned policy has ended.
bool has_learned(const std::string& folder);

// Draws the learning curves of several run folders into out.png and out.svg, and writes their mean
// and spread over the seeds into out.csv. Runs that differ only in their seed, length or threads
// are one group; a label names the settings that differ.
void compare_runs(const std::vector<std::string>& folders, const std::string& out);

// What a folder of runs has in all: compare.png, .svg and .csv of those that have learned;
// episodes.csv (and evaluations.csv), every episode of every run, with the settings that differ;
// and a table of the groups, as Markdown, on the screen.
void gather_runs(const std::string& folder);

}  // namespace mbrl
