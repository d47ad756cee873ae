// Tells the page who its worker is: whoever the address names.

function getWorkerName() {
  return new URLSearchParams(window.location.search).get("worker_id");
}

function getAssignmentId() {
  return new URLSearchParams(window.location.search).get("assignment_id");
}

function getAgentRegistration() {
  const worker = getWorkerName();
  const assignment = getAssignmentId();
  return {
    worker_name: worker,
    agent_registration_id: `${assignment}-${worker}`,
    assignment_id: assignment,
    provider_type: "mock",
  };
}

function handleSubmitToProvider(taskData) {
  alert("The task has been submitted! Data: " + JSON.stringify(taskData));
  return true;
}

// A place is whatever the address names, and picks no row: any name that this worker has not used yet will do.
function getNextTaskURL() {
  const next = new URL(window.location);
  const place = Number(getAssignmentId());
  next.searchParams.set("assignment_id", Number.isSafeInteger(place) ? place + 1 : `${getAssignmentId()}-next`);
  return next.href;
}
