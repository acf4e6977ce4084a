// Lists of words as exec(3) takes them.
#pragma once
#include <string>
#include <vector>

namespace lunadrill {

/// Valid as long as `words` stay as they are; a null is the last one. exec takes char*, and leaves them alone.
inline std::vector<char*> Pointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace lunadrill
