// The tool that runs notebooks: what a program prints and draws goes beneath the cell it came from.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

// A notebook of four cells, and a program that says what such a notebook's would.
struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "mbrl-test-notebook";

  Folder() {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
    write("01_demo.cpp",
          "// %% [markdown]\n// # A \"title\"\n//\n// and a back\\slash\n\n// %%\nint x;\n\n"
          "// %% [markdown]\n// More.\n\n// %%\nRUN {\n\tgo();\n}\nRUN { end(); }\n");
    write("picture.png", "four");
    program(
        "echo before; echo '%% cell at line 13'; echo one; echo figure: picture.png; "
        "echo '%% cell at line 16'; printf 'two\\ta\\n'");
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
  }
  void program(const std::string& script) const {
    write("program", "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(path / "program", std::filesystem::perms::owner_all);
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  int tool(const std::string& words) const {
    const char* name = std::getenv("NOTEBOOK");
    REQUIRE(name != nullptr);
    const std::string command = "cd '" + path.string() + "' && '" +
                                std::filesystem::absolute(name).string() + "' " + words +
                                " >said 2>&1";
    return WEXITSTATUS(std::system(command.c_str()));
  }
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++n;
  return n;
}

}  // namespace

TEST_CASE("outputs and pictures stand beneath the cell that they came from, in their order") {
  const Folder folder;
  REQUIRE(folder.tool("01_demo.cpp ./program") == 0);
  const std::string json = folder.read("01_demo.ipynb");
  CHECK(count(json, "\"cell_type\": \"markdown\"") == 2);
  CHECK(count(json, "\"cell_type\": \"code\"") == 2);
  const std::size_t last_cell = json.find("\"id\": \"cell-4\"");
  REQUIRE(last_cell != std::string::npos);
  CHECK(json.find("\"one\"", last_cell) < json.find("\"image/png\": \"Zm91cg==\"", last_cell));
  CHECK(json.find("Zm91cg==", last_cell) < json.find("\"two\\ta\"", last_cell));
  CHECK(json.find("\"one\"") > last_cell);
  CHECK(count(json, "%% cell") == 0);
  // On the terminal all of it, but for the marks.
  CHECK(folder.read("said") == "before\none\nfigure: picture.png\ntwo\ta\n");
}

TEST_CASE("quotes, backslashes and tabs of a source survive in JSON") {
  const Folder folder;
  REQUIRE(folder.tool("01_demo.cpp ./program") == 0);
  const std::string json = folder.read("01_demo.ipynb");
  CHECK(count(json, "\"# A \\\"title\\\"\\n\",") == 1);
  CHECK(count(json, "\"\\n\",") >= 1);  // the empty line of the prose
  CHECK(count(json, "\"and a back\\\\slash\"") == 1);
  CHECK(count(json, "\"\\tgo();\\n\",") == 1);
}

TEST_CASE("the same output gives the same bytes") {
  const Folder folder;
  REQUIRE(folder.tool("01_demo.cpp ./program") == 0);
  const std::string once = folder.read("01_demo.ipynb");
  REQUIRE(folder.tool("01_demo.cpp ./program") == 0);
  CHECK(folder.read("01_demo.ipynb") == once);
}

TEST_CASE("a notebook whose claim fails is not written, and its status is passed on") {
  const Folder folder;
  folder.program("echo FAILS: a claim; exit 1");
  CHECK(folder.tool("01_demo.cpp ./program") == 1);
  CHECK_FALSE(std::filesystem::exists(folder.path / "01_demo.ipynb"));
  CHECK(folder.read("said") == "FAILS: a claim\n");
}

TEST_CASE("a byte that is not UTF-8 becomes U+FFFD, so that readers can open the notebook") {
  const Folder folder;
  folder.program("echo '%% cell at line 13'; printf '20 \\260C, \\317\\203\\n'");
  REQUIRE(folder.tool("01_demo.cpp ./program") == 0);
  CHECK(count(folder.read("01_demo.ipynb"),
              "\"20 \xef\xbf\xbd"
              "C, \xcf\x83\"") == 1);
}

TEST_CASE("the last words are kept when no line end follows them") {
  const Folder folder;
  folder.program("echo '%% cell at line 13'; printf 'one\\nlast'");
  REQUIRE(folder.tool("01_demo.cpp ./program") == 0);
  CHECK(count(folder.read("01_demo.ipynb"), "\"last\"") == 1);
}

TEST_CASE("a notebook saved on Windows, and a program that prints like it, give the same bytes") {
  const Folder folder;
  REQUIRE(folder.tool("01_demo.cpp ./program") == 0);
  const std::string json = folder.read("01_demo.ipynb");
  const auto windows = [](const std::string& text) {
    std::string lines;
    for (const char c : text) lines += c == '\n' ? "\r\n" : std::string(1, c);
    return lines;
  };
  folder.write("01_demo.cpp", windows(folder.read("01_demo.cpp")));
  CHECK(folder.tool("--check 01_demo.cpp") == 0);
  folder.program(
      "printf 'before\\r\\n%%%% cell at line 13\\r\\none\\r\\nfigure: picture.png\\r\\n'; "
      "printf '%%%% cell at line 16\\r\\ntwo\\ta\\r\\n'");
  REQUIRE(folder.tool("01_demo.cpp ./program") == 0);
  CHECK(folder.read("01_demo.ipynb") == json);
  folder.write("01_demo.ipynb", windows(json));
  CHECK(folder.tool("--check 01_demo.cpp") == 0);
}

TEST_CASE("a full disk leaves the notebook that was there, and ends with status 1 and one line") {
  const Folder folder;
  REQUIRE(folder.tool("01_demo.cpp ./program") == 0);
  const std::string good = folder.read("01_demo.ipynb");
  // No file may grow beyond a kilobyte, and whoever tries is told so.
  folder.program("echo '%% cell at line 13'; head -c 5000 /dev/zero | tr '\\0' x; echo");
  const std::string tool = std::filesystem::absolute(std::getenv("NOTEBOOK")).string();
  const std::string command = "cd '" + folder.path.string() + "' && bash -c 'trap \"\" XFSZ; " +
                              "ulimit -f 1; " + tool +
                              " 01_demo.cpp ./program 2>&1 >/dev/null' | head -c 500 >said; exit "
                              "${PIPESTATUS[0]}";
  folder.write("limited", command);
  const int status = std::system(("bash '" + (folder.path / "limited").string() + "'").c_str());
  CHECK(WEXITSTATUS(status) == 1);
  CHECK(count(folder.read("said"), "cannot write 01_demo.ipynb") == 1);
  CHECK(count(folder.read("said"), "\n") == 1);
  CHECK(folder.read("01_demo.ipynb") == good);
  CHECK_FALSE(std::filesystem::exists(folder.path / "01_demo.ipynb.new"));
}

TEST_CASE("a notebook is out of date when its source has changed, and not when outputs have") {
  const Folder folder;
  CHECK(folder.tool("--check 01_demo.cpp") == 1);
  REQUIRE(folder.tool("01_demo.cpp ./program") == 0);
  CHECK(folder.tool("--check 01_demo.cpp") == 0);
  folder.program("echo something else");
  REQUIRE(folder.tool("01_demo.cpp ./program") == 0);
  CHECK(folder.tool("--check 01_demo.cpp") == 0);
  const std::string source = folder.read("01_demo.cpp");
  folder.write("01_demo.cpp", source + "// %% [markdown]\n// One more cell.\n");
  CHECK(folder.tool("--check 01_demo.cpp") == 1);
  folder.write("01_demo.cpp", source.substr(0, source.rfind("// %%")));  // one cell less
  CHECK(folder.tool("--check 01_demo.cpp") == 1);
}
