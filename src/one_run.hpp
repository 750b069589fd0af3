// One run of an algorithm: from its first step, or from where its checkpoint left it, to the end of
// its budget or to Ctrl-C; and what a command's end is called.
#pragma once

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iostream>

#include "command_line.hpp"
#include "report/recorder.hpp"

namespace mbrl {

namespace fs = std::filesystem;

inline volatile std::sig_atomic_t stop_requested = 0;

// The first Ctrl-C asks the run to stop where it can be resumed; a second one kills it.
inline void stop_on_signals() {
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto before = std::signal(signal, [](int which) {
      stop_requested = which;
      std::signal(which, SIG_DFL);
    });
    // Whoever started us wants it ignored: a script in the background, or trap '' INT.
    if (before == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

// A command that was done, but whose words did not all get out, has failed: mbrl list >/dev/full.
inline int check_output(int status) {
  std::cout.flush();
  if (std::fflush(stdout) == 0 && !std::ferror(stdout) && std::cout) return status;
  std::cerr << "mbrl: cannot write what there was to say: is the disk full?\n";
  return status == 0 ? 1 : status;
}

// What ends a command: status 1 the machine failed us, 2 wrong input, 3 the numbers diverged.
inline int guarded(const std::function<int()>& command) {
  try {
    return check_output(command());
  } catch (const UserError& error) {
    std::cerr << "mbrl: " << error.what() << "\n";
    return 2;
  } catch (const Diverged& error) {
    std::cerr << "\nmbrl: stopped, because " << error.what() << ": " << error.advice << "\n";
    return 3;
  } catch (const std::bad_alloc&) {
    std::cerr << "mbrl: there is not enough memory for these settings\n";
  } catch (const fs::filesystem_error& error) {
    std::cerr << "mbrl: " << error.path1().string() << ": " << error.code().message() << "\n";
  } catch (const std::exception& error) {  // the machine's fault: no memory, no disk
    std::cerr << "mbrl: " << error.what() << "\n";
  }
  return 1;
}

inline int run_to_the_end(const Request& asked, std::optional<Archive> saved = std::nullopt) {
  stop_on_signals();
  const RunOptions& options = asked.options;
  const FolderLock lock(options.out);
  const std::string title = "mbrl " + asked.algorithm.name + " on " + asked.env_name + ", seed " +
                            std::to_string(options.seed) + ", " + std::to_string(options.threads) +
                            " threads, " + (sizeof(Scalar) == 4 ? "float" : "double") +
                            (asked.preset.empty() ? "" : ", preset " + asked.preset);
  // One of several runs stops when the process that began it is gone.
  const pid_t parent = options.live ? getppid() : 0;
  const auto stop = [parent] { return stop_requested != 0 || (parent && getppid() != parent); };
  Recorder record(options, asked.env->spec, title, stop, std::move(saved));
  try {
    asked.algorithm.run(*asked.env, record);
  } catch (const Diverged& error) {
    throw Diverged("at real step " + std::to_string(record.env_steps()) + " " + error.what(),
                   error.advice);
  }
  record.finish();
  draw_learning_curve(options.out, asked.env->spec);
  draw_plans(options.out);
  return record.was_interrupted() ? 130 : 0;
}

// Goes on with a run where its checkpoint left it; its budget and threads may be others now.
inline int resume_one(std::vector<std::string> words, LiveStatus* live = nullptr) {
  const bool previous = std::erase(words, "--previous") > 0;
  const std::string folder = words[0];
  const RunConfig config = read_config(folder);
  Request asked(config.at("algorithm"));
  asked.read(config, {words.begin() + 1, words.end()});
  asked.options.out = folder, asked.options.live = live;

  // Killed before its first checkpoint, it begins anew: the same seed gives the same run.
  std::optional<Archive> saved;
  const std::string path = folder + (previous ? "/previous.bin" : "/checkpoint.bin");
  if (!previous && !fs::exists(path) && fs::exists(folder + "/previous.bin"))
    throw UserError(path + " is missing; with --previous the run goes on from the one before");
  if (previous || fs::exists(path)) try {
      saved.emplace(path);
    } catch (const UserError& error) {
      const bool other = !previous && fs::exists(folder + "/previous.bin");
      throw UserError(std::string(error.what()) +
                      (other ? "; with --previous the run goes on from the one before" : ""));
    }
  return run_to_the_end(asked, std::move(saved));
}

}  // namespace mbrl
