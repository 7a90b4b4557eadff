import Synchronization

/// The faults of the next requests, in order.
final class FaultScript: Sendable {
    struct Scene: Sendable {
        let fault: Fault
        /// A path, or the beginning of one before `*`; nil: any.
        var path: String?
        /// A model's name, or the beginning of one before `*`; nil: any.
        var model: String?
        /// Only streams, or only what is none; nil: both.
        var isStream: Bool?
        /// How many more requests it is for; nil: every one until the script is cleared.
        var left: Int?
    }

    private static let limit = 10_000
    private let scenes = Mutex<[Scene]>([])

    var rest: [Scene] { scenes.withLock { $0 } }

    func clear() {
        scenes.withLock { $0.removeAll() }
    }

    /// - Throws: `PracticeNodeError.script` when there would be too many.
    func append(_ more: [Scene]) throws(PracticeNodeError) {
        let fits = scenes.withLock { scenes in
            guard scenes.count + more.count <= Self.limit else { return false }
            scenes += more
            return true
        }
        if !fits { throw PracticeNodeError.script("more than \(Self.limit) scenes") }
    }

    /// The first scene that is for this request; it is used up by that.
    func take(path: Substring, model: String, isStream: Bool) -> Fault? {
        scenes.withLock { scenes in
            guard let index = scenes.firstIndex(where: { $0.fits(path: path, model: model, isStream: isStream) }) else { return nil }
            var scene = scenes.remove(at: index)
            if let left = scene.left { scene.left = left - 1 }
            if scene.left != 0 { scenes.insert(scene, at: index) }
            return scene.fault
        }
    }
}

extension FaultScript.Scene {
    fileprivate func fits(path: Substring, model: String, isStream: Bool) -> Bool {
        if let wanted = self.path, !matches(wanted, path) { return false }
        if let wanted = self.model, !matches(wanted, model[...]) { return false }
        return self.isStream == nil || self.isStream == isStream
    }

    private func matches(_ pattern: String, _ text: Substring) -> Bool {
        pattern.hasSuffix("*") ? text.hasPrefix(pattern.dropLast()) : text == pattern
    }

    /// `"529"`, or `{"fault":"529","path":…,"model":…,"stream":…,"repeat":…}` with `repeat` 0 for ever.
    init(_ json: JSON) throws(PracticeNodeError) {
        guard let words = json.text ?? json["fault"]?.text else {
            throw PracticeNodeError.script("a scene is a text or an object with “fault”")
        }
        fault = try Fault(words)
        left = 1
        guard case .object(let members) = json else { return }
        for member in members {
            switch (member.name, member.value) {
            case ("fault", _): break
            case ("path", .string(let text)): path = text
            case ("model", .string(let text)): model = text
            case ("stream", .bool(let value)): isStream = value
            case ("repeat", .integer(let count)) where count >= 0: left = count == 0 ? nil : count
            default: throw PracticeNodeError.script("“\(member.name)” can't be \(member.value)")
            }
        }
    }

    var json: JSON {
        [
            "fault": .string(fault.description), "path": path.map { .string($0) } ?? .null, "model": model.map { .string($0) } ?? .null,
            "stream": isStream.map { .bool($0) } ?? .null, "repeat": .integer(left ?? 0),
        ]
    }
}
