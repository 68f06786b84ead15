import CallControl
import Kernel

/// The routing of a call at a route point: an application was asked where the call is to go, and may have named numbers.
struct RouteDialogue: Sendable {
    let application: ApplicationID
    /// The numbers that are left to try.
    var numbers: [DirectoryNumber] = []
    /// The one that is being tried.
    var trying: DirectoryNumber?
}

// Routing (CSTA Routing Services, JTAPI RouteAddress): a call at a route point that is registered for it asks its application for destinations, which
// are tried one after the other.
extension CTIManager {
    /// The most destinations of one selection.
    static let mostDestinations = 16

    /// A call came to a device that an application registered for routing.
    mutating func requestRoute(_ leg: LegID, _ setUp: SetUp, of application: ApplicationID, at now: Instant, into outputs: inout [Output]) {
        routes[leg] = RouteDialogue(application: application)
        deadlines.set(.accept(leg), at: now.advanced(by: configuration.parameters.routeSelect))
        outputs.append(.event(application, .routeRequest(leg, setUp)))
    }

    mutating func selectRoute(
        _ leg: LegID, _ numbers: [DirectoryNumber], _ id: RequestID, _ application: ApplicationID, at now: Instant,
        into outputs: inout [Output]
    ) {
        guard let route = routes[leg], route.application == application else {
            return refuse(application, id, .noSuchCall(leg), into: &outputs)
        }
        guard route.trying == nil, !numbers.isEmpty else {
            return refuse(application, id, .callControl(.wrongState(.alerting)), into: &outputs)
        }
        guard numbers.count <= CTIManager.mostDestinations else {
            return refuse(application, id, .limitReached("destinations of a selection", CTIManager.mostDestinations), into: &outputs)
        }
        succeed(application, id, into: &outputs)
        deadlines.cancel(.accept(leg))
        routes[leg]?.numbers = numbers
        tryNextRoute(leg, after: .noUserResponding, at: now, into: &outputs)
    }

    /// Tries the next number of the selection; when there is none, the application is asked again (CSTA ReRoute).
    private mutating func tryNextRoute(_ leg: LegID, after cause: Cause, at now: Instant, into outputs: inout [Output]) {
        guard var route = routes[leg] else { return }
        guard !route.numbers.isEmpty else {
            routes[leg]?.trying = nil
            deadlines.set(.accept(leg), at: now.advanced(by: configuration.parameters.routeSelect))
            return outputs.append(.event(route.application, .reRoute(leg, cause)))
        }
        let number = route.numbers.removeFirst()
        route.trying = number
        routes[leg] = route
        let request = newRequest()
        pending[request] = PendingRequest(application: route.application, request: RequestID(0), purpose: .route(leg))
        outputs.append(.callControl(.request(request, .redirect(leg, Redirect(to: number, supervised: true)))))
    }

    /// A number of a selection was tried.
    mutating func routeTried(
        _ leg: LegID, _ result: Result<CallControl.CallRequestDone, CallRequestFailure>, at now: Instant, into outputs: inout [Output]
    ) {
        switch result {
        case .success: routeUsed(leg, into: &outputs)
        case .failure(.destinationFailed(_, let cause)): tryNextRoute(leg, after: cause, at: now, into: &outputs)
        case .failure(.invalidDestination): tryNextRoute(leg, after: .unallocated, at: now, into: &outputs)
        case .failure: tryNextRoute(leg, after: .normalUnspecified, at: now, into: &outputs)
        }
    }

    /// The number that was tried took the call. The route point's leg is diverted before the request is answered, so this comes from either.
    mutating func routeUsed(_ leg: LegID, into outputs: inout [Output]) {
        guard let route = routes[leg], let number = route.trying else { return }
        outputs.append(.event(route.application, .routeUsed(leg, number)))
        endRoute(leg, into: &outputs)
    }

    /// The application leaves the call to the line's treatment of failures (CSTA RouteEnd).
    mutating func leaveRoute(_ leg: LegID, _ id: RequestID, _ application: ApplicationID, into outputs: inout [Output]) {
        guard let route = routes[leg], route.application == application else {
            return refuse(application, id, .noSuchCall(leg), into: &outputs)
        }
        guard route.trying == nil else { return refuse(application, id, .callControl(.wrongState(.alerting)), into: &outputs) }
        succeed(application, id, into: &outputs)
        abandon(leg, into: &outputs)
    }

    /// The dialogue is over, in whatever way.
    mutating func endRoute(_ leg: LegID, into outputs: inout [Output]) {
        guard let route = routes.removeValue(forKey: leg), applications[route.application] != nil else { return }
        outputs.append(.event(route.application, .routeEnd(leg)))
    }
}
