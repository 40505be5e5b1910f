//===- MacKeyTest.cpp - Where keys come from, and what they sign ----------===//
#include "cache/MacKey.h"

#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

using writ::cache::MacKey;

TEST_CASE("keys come from the environment or from files that nobody else can read") {
  std::string path =
      (std::filesystem::temp_directory_path() / fmt::format("artifact-key-{}", uint64_t(getpid())))
          .string();
  std::ofstream(path) << "0123456789abcdef0123456789abcdef";
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  CHECK(!MacKey::fromFile(path));
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  auto key = MacKey::fromFile(path);
  REQUIRE(key);
  setenv("WRIT_ARTIFACT_KEY_FILE", path.c_str(), 1);
  auto same = MacKey::fromEnvironment();
  REQUIRE(same);
  REQUIRE(*same);
  const std::vector<uint8_t> message = {1, 2, 3};
  CHECK((*same)->mac(message) == key->mac(message));
  setenv("WRIT_ARTIFACT_KEY", "00", 1);
  CHECK(!MacKey::fromEnvironment());
  setenv("WRIT_ARTIFACT_KEY", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", 1);
  auto known = MacKey::fromEnvironment(); // RFC 4231, case 1.
  REQUIRE(known);
  REQUIRE(*known);
  const std::string text = "Hi There";
  CHECK((*known)->mac({reinterpret_cast<const uint8_t *>(text.data()), text.size()}).hex() ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  unsetenv("WRIT_ARTIFACT_KEY");
  unsetenv("WRIT_ARTIFACT_KEY_FILE");
  auto none = MacKey::fromEnvironment();
  REQUIRE(none);
  CHECK(!*none);
  std::filesystem::remove(path);
}
