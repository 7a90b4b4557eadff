import Glibc

/// Resolves the settings again, in a child, while the workers go on.
extension Supervisor {
    func startPlanning(by program: Program) {
        nextProgram = program
        switch PlanChild.start(verb: verb, options: options, program: program) {
        case .failure(let failure): carryOut(crew.planned(failure: "\(failure)", at: Clock.now))
        case .success(let child): planning = child
        }
    }

    func readPlan(_ child: PlanChild) {
        guard let outcome = child.read() else { return }
        planning = nil
        let failure = take(outcome)
        if let failure, let next = nextProgram {
            note(refused: next, failure)
            nextProgram = nil
        }
        carryOut(crew.planned(failure: failure, at: Clock.now))
    }

    /// - Returns: why the plan can't be used; nil when it is taken.
    private func take(_ outcome: PlanChild.Outcome) -> String? {
        switch outcome {
        case .refused(let code): return "see the log above (exit code \(code))"
        case .planned(let next):
            guard next.dataDirectory == plan.dataDirectory else { return "DATA_DIR can't change while the server runs" }
            return openPorts(of: next)
        }
    }

    private func openPorts(of next: WorkerPlan) -> String? {
        var opened: [OpenPort] = []
        for wanted in next.ports {
            if let known = ports.first(where: { $0.wanted == wanted }) {
                opened.append(known)
                continue
            }
            do throws(PortFailure) {
                opened.append(try OpenPort.open(wanted))
            } catch {
                for port in opened where !ports.contains(where: { $0.descriptor == port.descriptor }) { close(port.descriptor) }
                return error.sentence
            }
        }
        (nextPorts, nextPlan, nextPortsSince) = (opened, next, Clock.now)
        return nil
    }
}
