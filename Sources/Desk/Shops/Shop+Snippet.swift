extension Shop {
    /// What the shop's owner puts into the page: the one text that the console offers and the demo uses.
    /// - Parameter base: the address under which visitors reach this server, without a slash at its end.
    package func snippet(base: String) -> String {
        // Keys are base64url: nothing in them needs escaping.
        "<script async src=\"\(base)/widget.js\" data-shop=\"\(key)\"></script>"
    }
}
