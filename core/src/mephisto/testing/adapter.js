// The adapter of a provider that knows everyone who names themselves.

function getWorkerName() {
  return new URLSearchParams(window.location.search).get("worker_id");
}

function getAssignmentId() {
  return new URLSearchParams(window.location.search).get("assignment_id");
}

function getAgentRegistration() {
  return { worker_name: getWorkerName() };
}

function handleSubmitToProvider() {
  return true;
}
