import Host

extension ThreadFacts {
    /// A line of the file `threads`: number, name, state, where it waits, its system call.
    var line: String {
        "\(id) \(name.isEmpty ? "-" : name.replacing(" ", with: "_")) \(state) \(waitsIn ?? "-") \(systemCall ?? "-")\n"
    }
}
